import { enhancedPacket, interfaceDescription, joinChunks, sectionHeader } from '../core/capture/index.ts';
import type { History } from '../core/simulation/index.ts';
import { linkTypeOf } from './frame-reader.ts';
import type { FrameIndex } from './frames.ts';
import { namedLinks } from './named-links.ts';

/** Octets of frames that one capture in memory holds. */
export const LARGEST_CAPTURE = 1024 * 1024 * 1024;

/** Indices of the links that a capture takes, ascending; absent: all of them. */
export type TakenLinks = readonly number[] | undefined;

/** The blocks that begin a capture of a lab: one interface a link that is taken, in the order of the links. */
export function captureHead(history: History, links: TakenLinks): Uint8Array[] {
  const { topology, wiring } = history.head;
  return [
    sectionHeader({ comments: [`${topology.name}, seed ${topology.seed}`] }),
    ...topology.links.flatMap((link, at) =>
      links?.includes(at) === false
        ? []
        : interfaceDescription({
            linkType: linkTypeOf(history, wiring.senderNode[2 * at] as number),
            name: link.name,
            description: `outbound: sent by ${link.ends[0].node}; inbound: sent by ${link.ends[1].node}`,
          }),
    ),
  ];
}

/** The blocks of the frames in rows [from, to) of the links that are taken, each as it is ready. */
export function* captureFrames(
  history: History,
  index: FrameIndex,
  links: TakenLinks,
  from: number,
  to: number,
): Generator<Uint8Array> {
  // By link: its interface in the capture; -1 where it is not taken.
  const place = history.head.topology.links.map((_, at) => (links === undefined ? at : links.indexOf(at)));
  for (let row = from; row < to; row++) {
    const direction = index.direction.at(row);
    const taken = place[direction >> 1] ?? -1;
    if (taken < 0) continue;
    const record = history.record(index.record.at(row));
    if (record?.bytes === undefined) continue;
    yield enhancedPacket({
      interface: taken,
      time: record.time,
      bytes: record.bytes,
      direction: direction % 2 === 0 ? 'outbound' : 'inbound',
    });
  }
}

/**
 * All frames so far as pcapng. `words` name the links that are taken (see `namedLinks`); none: all. A word that names no link throws a
 * RangeError.
 */
export function captureOf(
  open: { readonly history: History; readonly index: FrameIndex },
  words: readonly string[] = [],
): Uint8Array {
  const { rows, size, direction } = open.index;
  const named = words.length === 0 ? undefined : namedLinks(open.history.head.topology, words);
  if (named !== undefined && 'wrong' in named) throw new RangeError(named.wrong);
  const links = named?.links;
  let octets = 0;
  for (let row = 0; row < rows; row++) {
    if (links === undefined || links.includes(direction.at(row) >> 1)) octets += size.at(row);
  }
  if (octets > LARGEST_CAPTURE) {
    throw new RangeError(
      `the frames are ${octets} octets, more than one capture in memory may hold (${LARGEST_CAPTURE})`,
    );
  }
  return joinChunks([...captureHead(open.history, links), ...captureFrames(open.history, open.index, links, 0, rows)]);
}
