import { enhancedPacket, interfaceDescription, sectionHeader } from '../core/capture/index.ts';
import type { History } from '../core/simulation/index.ts';
import type { KeyTable } from './api.ts';
import { linkTypeOf } from './frame-reader.ts';
import type { FrameIndex } from './frames.ts';

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

/** The key log so far in the formats that the plugins declare; a format without entries gives no table. */
export function keyTables(history: History): KeyTable[] {
  const { registry, run } = history.head;
  const files = new Map<string, { format: string; about: string; lines: Set<string> }>();
  for (const { format, file, about, line } of registry.keyLogs.values()) {
    for (const logged of run.keyLog) {
      const text = logged.format === format ? line(logged.entry) : undefined;
      if (text === undefined) continue;
      const table = files.get(file) ?? { format, about, lines: new Set() };
      // Both ends log what they share: one line says it.
      table.lines.add(text);
      files.set(file, table);
    }
  }
  return [...files].map(([file, { format, about, lines }]) => ({
    format,
    file,
    about,
    text: `${[...lines].join('\n')}\n`,
  }));
}
