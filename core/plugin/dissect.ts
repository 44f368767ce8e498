import type { PlainValues } from '../trace/index.ts';
import type { DissectedLayer, Dissection, Layer, PayloadReader } from '../wire/index.ts';
import type { Slot } from './contract.ts';
import type { DissectionContext } from './dissection-context.ts';
import type { Codec } from './plugin.ts';
import type { Registry } from './registry.ts';

/** The most layers that one packet is taken apart into, those behind keys included. */
export const MOST_LAYERS = 32;

/** What opens sealed layers: the entries of a key log format, and the slots that codecs use. */
export interface Openers {
  readonly keys: (format: string) => readonly PlainValues[];
  readonly slots: Readonly<Record<string, unknown>>;
}

export const NO_OPENERS: Openers = { keys: () => [], slots: {} };

/** Takes a packet apart, from the codec `first` on. Never throws; bounded by `MOST_LAYERS`. */
export function dissect(
  registry: Registry,
  bytes: Uint8Array,
  first: PayloadReader,
  openers: Openers = NO_OPENERS,
): Dissection {
  return { bytes, layers: dissectLayers(registry, bytes, first, openers, MOST_LAYERS) };
}

function dissectLayers(
  registry: Registry,
  bytes: Uint8Array,
  first: PayloadReader,
  openers: Openers,
  most: number,
): DissectedLayer[] {
  const layers: DissectedLayer[] = [];
  const outer: { name: string; start: number; end: number }[] = [];
  const context: DissectionContext = {
    outer,
    keys: openers.keys,
    slot: <Filling>(slot: Slot<Filling>) => openers.slots[slot.slot] as Filling | undefined,
  };
  let by: PayloadReader | undefined = first;
  let start = 0;
  let end = bytes.length;
  while (by !== undefined && start < end && layers.length < most) {
    const codec: Codec | undefined =
      'codec' in by ? registry.codecs.get(by.codec) : registry.codecAbove(by.below, by.key);
    if (codec === undefined) {
      layers.push(rawLayer(start, end));
      break;
    }
    const { payload, opened, ...layer }: Layer = codec.dissect(bytes, start, end, context);
    if (opened === undefined) layers.push(layer);
    else {
      const inner = dissectLayers(registry, opened.bytes, opened.by, openers, most - layers.length - 1);
      layers.push({ ...layer, opened: { key: opened.key, dissection: { bytes: opened.bytes, layers: inner } } });
    }
    outer.push({ name: layer.name, start: layer.start, end: layer.end });
    by = payload?.by;
    // A codec that does not advance would be asked for ever; the bound above holds, and this says it plainly.
    if (payload === undefined || payload.start < start || payload.end > bytes.length) break;
    start = payload.start;
    end = payload.end;
  }
  return layers;
}

/** Octets that no codec reads. */
function rawLayer(start: number, end: number): DissectedLayer {
  const size = end - start;
  return { name: 'data', title: 'Data', summary: `${size} octets`, start, end, fields: [] };
}
