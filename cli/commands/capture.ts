import { type Command, InvalidArgumentError } from 'commander';
import {
  type CapturedPacket,
  formatCaptureTime,
  nanosecondsBetween,
  type ReadCapture,
  readCapture,
} from '../../core/capture/index.ts';
import { type Dissection, dissect, formatInstant, type Openers, type Registry } from '../../core/index.ts';
import { parseFilter } from '../../workers/filter.ts';
import { codecOwners, type Headline, headline } from '../../workers/frame-reader.ts';
import { createNodeHost } from '../../workers/node-host.ts';
import { dissectionText, hexText } from '../dissection-text.ts';
import { readCaptureFile } from '../files.ts';
import { followKeys, readKeys } from '../key-files.ts';
import { EXIT, Refused } from '../refused.ts';
import { harmless, type Terminal, toJson } from '../terminal.ts';
import { captureWords as words } from '../words/capture.ts';

interface Flags {
  readonly packet?: number;
  readonly filter?: string;
  readonly keys?: string;
  readonly json?: boolean;
}

export function addCapture(program: Command, terminal: Terminal): void {
  program
    .command('capture')
    .summary(words.summary)
    .description(words.about)
    .argument('<file>')
    .option('--packet <number>', words.options.packet, packetOption)
    .option('--filter <filter>', words.options.filter)
    .option('--keys <folder>', words.options.keys)
    .option('--json', words.options.json)
    .addHelpText('after', words.examples)
    .action((file: string, flags: Flags) => {
      process.exitCode = capture(file, flags, terminal);
    });
}

function packetOption(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError(words.wrongNumber(text));
}

/** A packet with what is asked of it more than once. */
interface Taken {
  readonly packet: CapturedPacket;
  /** Since the first packet of the file, as `1.204000`. */
  readonly time: string;
  readonly dissection: () => Dissection;
  readonly headline: () => Headline;
}

function capture(path: string, flags: Flags, terminal: Terminal): number {
  const { registry, slots } = createNodeHost();
  const keys = flags.keys === undefined ? undefined : readKeys(flags.keys, registry, terminal);
  const openers: Openers = { keys: (format) => keys?.get(format) ?? [], slots };
  const passes = filterOf(flags.filter, registry);
  const read = readCapture(readCaptureFile(path));
  if (keys !== undefined) followKeys(keys, registry, sealedPackets(read, registry), slots);
  for (const { at, message } of read.faults) terminal.tell(words.faultOf(path, at, message));
  if (read.faultsNotListed > 0) terminal.tell(words.more(read.faultsNotListed));
  tellUnknownLinks(read, registry, terminal);
  const asked = flags.packet;
  if (asked !== undefined && read.packets[asked - 1] === undefined) {
    throw new Refused(words.noSuchPacket(asked, read.packets.length));
  }
  const packets = asked === undefined ? read.packets : [read.packets[asked - 1] as CapturedPacket];
  const owners = codecOwners(registry);
  const taken = packets.map((packet) => take(packet, read, { registry, openers, owners })).filter(passes);
  if (flags.json === true) terminal.say(toJson(jsonOf(read, taken, asked !== undefined)));
  else if (asked !== undefined) for (const one of taken) tellWhole(one, terminal);
  else {
    tellList(taken, terminal);
    terminal.say(terminal.paint('dim', words.counts(taken.length, read.packets.length)));
  }
  return read.faults.some(({ stopped }) => stopped) ? EXIT.badInput : EXIT.held;
}

/** The packets as they are without keys, one by one and kept nowhere. */
function* sealedPackets(read: ReadCapture, registry: Registry): Generator<Dissection> {
  for (const packet of read.packets) yield dissect(registry, packet.bytes, { codec: codecOf(packet, read, registry) });
}

const codecOf = (packet: CapturedPacket, { interfaces }: ReadCapture, { linkTypes }: Registry): string =>
  linkTypes.get(interfaces[packet.interface]?.linkType ?? -1) ?? '';

interface Reading {
  readonly registry: Registry;
  readonly openers: Openers;
  readonly owners: ReadonlyMap<string, string>;
}

function take(packet: CapturedPacket, read: ReadCapture, { registry, openers, owners }: Reading): Taken {
  let dissection: Dissection | undefined;
  let line: Headline | undefined;
  const codec = codecOf(packet, read, registry);
  const whole = (): Dissection => {
    dissection ??= dissect(registry, packet.bytes, { codec }, openers);
    return dissection;
  };
  return {
    packet,
    time: timeOf(packet, read.packets[0]),
    dissection: whole,
    headline: () => {
      line ??= headline(whole(), owners);
      return line;
    },
  };
}

function timeOf({ time }: CapturedPacket, first: CapturedPacket | undefined): string {
  if (time === undefined) return '';
  const since = first?.time === undefined ? undefined : nanosecondsBetween(first.time, time);
  if (since === undefined) return formatCaptureTime(time);
  return since < 0 ? `-${formatInstant(-since)}` : formatInstant(since);
}

function filterOf(text: string | undefined, registry: Registry): (taken: Taken) => boolean {
  if (text === undefined || text.trim() === '') return () => true;
  const parsed = parseFilter(text, new Set([...registry.codecs.keys(), 'data']));
  if ('wrong' in parsed) throw new Refused(words.wrongFilter(parsed.wrong));
  return ({ packet, time, dissection, headline: line }) =>
    parsed.filter.passes({
      number: packet.number,
      time: Number(time),
      from: '',
      to: '',
      link: '',
      size: packet.bytes.length,
      fate: '',
      dissection,
      headline: line,
    });
}

function tellUnknownLinks({ interfaces, packets }: ReadCapture, registry: Registry, terminal: Terminal): void {
  const used = new Set(packets.map((packet) => interfaces[packet.interface]?.linkType));
  for (const type of used) {
    if (type !== undefined && !registry.linkTypes.has(type)) terminal.tell(words.unknownLink(type));
  }
}

function tellList(taken: readonly Taken[], terminal: Terminal): void {
  const { paint } = terminal;
  const width = String(taken.at(-1)?.packet.number ?? 0).length;
  for (const { packet, time, headline: line } of taken) {
    const { protocol, summary, source, destination } = line();
    const number = paint('dim', String(packet.number).padStart(width));
    const ends = source === '' ? '' : `${source} → ${destination}  `;
    const says = harmless(`${ends}${summary}`);
    terminal.say(
      `${number} ${time.padStart(12)}  ${paint('cyan', protocol.padEnd(9))} ${String(packet.bytes.length).padStart(5)}  ${says}`,
    );
  }
}

function tellWhole({ packet, time, dissection }: Taken, terminal: Terminal): void {
  terminal.say(terminal.paint('bold', words.frame(packet.number, time, packet.bytes.length, packet.originalLength)));
  for (const comment of packet.comments ?? []) terminal.say(harmless(comment));
  terminal.say();
  const whole = dissection();
  for (const line of dissectionText(terminal, whole)) terminal.say(line);
  terminal.say();
  for (const line of hexText(terminal, whole.bytes)) terminal.say(line);
}

function jsonOf(read: ReadCapture, taken: readonly Taken[], whole: boolean): object {
  return {
    format: read.format ?? null,
    interfaces: read.interfaces.map(({ linkType, name }) => ({ linkType, name: name ?? null })),
    packets: taken.map(({ packet, time, dissection, headline: line }) => ({
      number: packet.number,
      time: time === '' ? null : Number(time),
      interface: packet.interface,
      size: packet.bytes.length,
      originalLength: packet.originalLength,
      ...line(),
      layers: whole ? dissection().layers : dissection().layers.map(({ name }) => name),
      ...(whole ? { bytes: packet.bytes } : {}),
    })),
    faults: read.faults,
  };
}
