import { dissect } from '../core/index.ts';
import type { TakenLinks } from './exports.ts';
import { linkTypeOf } from './frame-reader.ts';
import { contentOf } from './message-layer.ts';
import type { OpenLab } from './open-lab.ts';

/** Frames that are looked at: the first of a run tell where a conversation goes. */
const MOST_LOOKED = 200_000;

/** A key table whose readers need each message once, and the links whose captures, each by itself, have it so. */
export interface LinksForKeys {
  readonly file: string;
  /** Names of links: together they carry every conversation, as few as were found. */
  readonly links: readonly string[];
  /** The capture that was asked about has a message on several of its links: the table does not open it. */
  readonly copied: boolean;
}

/** By conversation and link: the messages that the link carried. */
type Carried = Map<string, Map<number, Set<string>>>;

/** The key tables of this run that need each message once (see `KeyLogFormat.chained`), with what they say to a capture of these links. */
export function linksForKeys({ history, index }: OpenLab, taken: TakenLinks): LinksForKeys[] {
  const { registry, run, topology, wiring } = history.head;
  const inUse = new Set(run.keyLog.map(({ format }) => format));
  const chained = [...registry.keyLogs.values()].filter((log) => log.chained !== undefined && inUse.has(log.format));
  if (chained.length === 0) return [];
  const byCodec = new Map<string, Carried>(chained.map((log) => [log.chained as string, new Map()]));
  const rows = Math.min(index.rows, MOST_LOOKED);
  for (let row = 0; row < rows; row++) {
    const bytes = history.record(index.record.at(row))?.bytes;
    if (bytes === undefined) continue;
    const direction = index.direction.at(row);
    const below = { below: 'link', key: linkTypeOf(history, wiring.senderNode[direction] as number) };
    const dissection = dissect(registry, bytes, below);
    const layer = dissection.layers.find(({ name, message }) => message !== undefined && byCodec.has(name));
    if (layer?.message === undefined) continue;
    const carried = byCodec.get(layer.name) as Carried;
    const links = madeFor(carried, layer.message.conversation, () => new Map<number, Set<string>>());
    madeFor(links, direction >> 1, () => new Set<string>()).add(contentOf(dissection, layer));
  }
  return chained.flatMap(({ file, chained: codec }) => {
    const carried = byCodec.get(codec as string) as Carried;
    if (carried.size === 0) return [];
    const links = fewest(carried).map((at) => topology.links[at]?.name ?? '');
    return [{ file, links, copied: [...carried.values()].some((one) => isCopied(one, taken)) }];
  });
}

function madeFor<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}

/** Whether some message of a conversation stands on two of the links that are taken. */
function isCopied(links: ReadonlyMap<number, ReadonlySet<string>>, taken: TakenLinks): boolean {
  const seen = new Set<string>();
  for (const [link, messages] of links) {
    if (taken?.includes(link) === false) continue;
    for (const message of messages) if (seen.has(message)) return true;
    for (const message of messages) seen.add(message);
  }
  return false;
}

/** Few links among which each conversation has one that carried the most of it: again and again the link that serves most of those left. */
function fewest(carried: Carried): number[] {
  const open = new Map(
    [...carried].map(([conversation, links]) => {
      const most = Math.max(...[...links.values()].map(({ size }) => size));
      return [conversation, [...links].filter(([, { size }]) => size === most).map(([link]) => link)];
    }),
  );
  const chosen: number[] = [];
  while (open.size > 0) {
    const served = new Map<number, number>();
    for (const links of open.values()) for (const link of links) served.set(link, (served.get(link) ?? 0) + 1);
    const [[best] = [0]] = [...served].sort(([a, ofA], [b, ofB]) => ofB - ofA || a - b);
    chosen.push(best);
    for (const [conversation, links] of open) if (links.includes(best)) open.delete(conversation);
  }
  return chosen;
}
