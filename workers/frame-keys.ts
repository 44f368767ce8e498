import type { DissectedField, DissectedLayer, Dissection } from '../core/index.ts';
import type { Headline } from './frame-reader.ts';

/** A packet of a capture as it is compared. Plain but for `dissect`, which takes it apart again when its fields are asked for. */
export interface ComparedFrame {
  /** Its place in the file, from 1. */
  readonly number: number;
  /** Since the first packet, as text. */
  readonly time: string;
  readonly headline: Headline;
  /** Of the outermost packet: what the conversation is between. Empty where nothing names two ends. */
  readonly source: string;
  readonly destination: string;
  /** What kind of packet it is, whatever chance put into it; with what keys opened. */
  readonly key: string;
  /** A digest of all fields but those that differ from run to run: of packets that are alike to the value. */
  readonly content: string;
  /** No more than what its innermost layer is that needs no key, and what kind of message. */
  readonly kind: string;
  readonly dissect: (withKeys: boolean) => Dissection;
}

/** Fields whose values say what kind of packet it is. */
const KINDS = /\.(type|code|operation|flags)$/;

/** What is left of a packet when addresses and everything that differs from run to run are taken off. */
export function keysOf(
  dissection: Dissection,
  varies: ReadonlySet<string>,
): Pick<ComparedFrame, 'source' | 'destination' | 'key' | 'kind' | 'content'> {
  let ends = { source: '', destination: '' };
  let from = 0;
  dissection.layers.forEach((layer, at) => {
    const source = addressIn(layer, 'source');
    const destination = addressIn(layer, 'destination');
    if (source === undefined || destination === undefined) return;
    ends = { source, destination };
    from = at;
  });
  const seen = dissection.layers.slice(from);
  return {
    ...ends,
    key: seen.map((layer) => keyOf(layer, varies)).join('>'),
    content: contentOf(dissection, varies),
    kind: seen.slice(-1).map(kindOf).join(''),
  };
}

const addressIn = (layer: DissectedLayer, field: string): string | undefined =>
  layer.fields.find(({ name }) => name === `${layer.name}.${field}`)?.value;

function keyOf(layer: DissectedLayer, varies: ReadonlySet<string>): string {
  const within = layer.opened?.dissection.layers.map((one) => keyOf(one, varies)) ?? [];
  const { message } = layer;
  const said =
    message === undefined
      ? layer.fields.filter(({ name }) => KINDS.test(name) && !varies.has(name)).map(({ value }) => value)
      : [message.exchange, varies.has(`${layer.name}.id`) ? '' : message.id, ...message.parts];
  return `${layer.name}(${said.join(',')})${within.length === 0 ? '' : `{${within.join('>')}}`}`;
}

/** FNV-1a of 32 bits, twice with other beginnings: equal digests are taken for equal packets in aligning alone. */
function contentOf(dissection: Dissection, varies: ReadonlySet<string>): string {
  let [one, other] = [0x811c9dc5, 0x9dc5811c];
  for (const [label, { name, value }] of fieldValues(dissection, true)) {
    if (varies.has(name)) continue;
    const text = `${label}=${value};`;
    for (let at = 0; at < text.length; at++) {
      one = Math.imul(one ^ text.charCodeAt(at), 0x01000193);
      other = Math.imul(other ^ text.charCodeAt(at), 0x01000193);
    }
  }
  return `${one >>> 0}.${other >>> 0}`;
}

function kindOf({ name, message }: DissectedLayer): string {
  return message === undefined ? name : `${name}(${message.exchange})`;
}

/** One field of a packet, by the path of its labels. */
export interface FieldValue {
  readonly name: string;
  readonly value: string;
}

/** All innermost fields of a packet from the outside in. Nothing behind keys where `opened` is false. */
export function fieldValues(dissection: Dissection, opened: boolean): Map<string, FieldValue> {
  const values = new Map<string, FieldValue>();
  const gather = ({ layers }: Dissection): void => {
    for (const layer of layers) {
      const walk = (field: DissectedField, path: string): void => {
        const label = `${path}${field.label}`;
        if (field.children !== undefined && field.children.length > 0) {
          for (const child of field.children) walk(child, `${label}, `);
          return;
        }
        let key = label;
        for (let turn = 2; values.has(key); turn++) key = `${label} (${turn})`;
        values.set(key, { name: field.name, value: field.value });
      };
      for (const field of layer.fields) walk(field, `${layer.title}: `);
      if (opened && layer.opened !== undefined) gather(layer.opened.dissection);
    }
  };
  gather(dissection);
  return values;
}

export const hasOpened = ({ layers }: Dissection): boolean => layers.some(({ opened }) => opened !== undefined);
