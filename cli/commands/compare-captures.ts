import { readCapture } from '../../core/capture/index.ts';
import type { PlainValues } from '../../core/index.ts';
import { type CaptureComparison, compareCaptures, type FrameOnSide } from '../../workers/compare-captures.ts';
import { createNodeHost } from '../../workers/node-host.ts';
import { type CaptureSide, captureFileSide, captureSide, isCapture, variesIn } from '../capture-side.ts';
import { readTopologyFile } from '../files.ts';
import { Interruption } from '../interruption.ts';
import { readKeys } from '../key-files.ts';
import { openSession, runSession } from '../lab-session.ts';
import { loadOptions, type RunFlags } from '../options.ts';
import { EXIT, Refused } from '../refused.ts';
import { harmless, type Terminal, toJson } from '../terminal.ts';
import { compareCaptureWords as words } from '../words/compare-captures.ts';

/** Differences that a person is shown; `--json` has more. */
const MOST_SHOWN = 40;

/** One side as it was asked for. */
export interface SideFlags {
  readonly side: 'a' | 'b';
  readonly name: string;
  readonly run: RunFlags;
  readonly keys: string | undefined;
  readonly link: string | undefined;
}

/** Compares two captures, or a capture and what a lab puts on its links. Returns the exit code. */
export async function compareCaptureSides(
  asked: readonly [SideFlags, SideFlags],
  json: boolean,
  terminal: Terminal,
): Promise<number> {
  for (const one of asked) refuseFlags(one);
  const sides: CaptureSide[] = [];
  for (const one of asked) {
    const side = isCapture(one.name) ? readSide(one, terminal) : await runSide(one, terminal);
    if (typeof side === 'number') return side;
    sides.push(side);
  }
  const [a, b] = sides as [CaptureSide, CaptureSide];
  const comparison = compareCaptures(a.frames, b.frames, variesIn(createNodeHost().registry));
  if (json) {
    const named = sides.map(({ packets }, at) => ({ name: asked[at]?.name, packets }));
    terminal.say(toJson({ a: named[0], b: named[1], ...comparison }));
  } else {
    sides.forEach(({ packets }, at) => {
      terminal.say(words.side(at === 0 ? 'A' : 'B', harmless(asked[at]?.name ?? ''), packets));
    });
    terminal.say();
    tell(comparison, terminal);
  }
  if (sides.some(({ stopped }) => stopped)) return EXIT.badInput;
  return comparison.differ + comparison.onlyA + comparison.onlyB === 0 ? EXIT.held : EXIT.failed;
}

function refuseFlags({ side, name, run, link }: SideFlags): void {
  if (!isCapture(name)) return;
  if (link !== undefined) throw new Refused(words.linkOfCapture(`--link-${side}`, name));
  const flag = run.set?.length ? 'set' : run.without?.length ? 'without' : run.seed === undefined ? undefined : 'seed';
  if (flag !== undefined) throw new Refused(words.notOfCapture(`--${flag}-${side}`, name));
}

function readSide({ name, keys }: SideFlags, terminal: Terminal): CaptureSide {
  const host = createNodeHost();
  return captureFileSide(
    name,
    keys === undefined ? new Map() : readKeys(keys, host.registry, terminal),
    host,
    terminal,
  );
}

/** Runs a lab to its end, and takes what crossed its links, or one of them, with the keys of the run. */
async function runSide({ name, run, link }: SideFlags, terminal: Terminal): Promise<CaptureSide | number> {
  const session = await openSession(readTopologyFile(name), loadOptions(run), terminal);
  const interruption = new Interruption();
  try {
    await runSession(session, undefined, interruption, terminal, () => {});
    if (interruption.asked) return interruption.exitCode;
  } finally {
    interruption.release();
  }
  const { head } = session.open.history;
  const keys = new Map<string, PlainValues[]>();
  for (const { format, entry } of head.run.keyLog) keys.set(format, [...(keys.get(format) ?? []), entry]);
  return captureSide(name, readCapture(captureOf(session.open, link)), keys, head);
}

function captureOf(open: { capture(words?: readonly string[]): Uint8Array }, link: string | undefined): Uint8Array {
  try {
    return open.capture(link === undefined ? [] : [link]);
  } catch (error) {
    if (error instanceof RangeError) throw new Refused(error.message);
    throw error;
  }
}

function tell(comparison: CaptureComparison, terminal: Terminal): void {
  const { paint } = terminal;
  const { addresses, changes, changesNotListed, conversations } = comparison;
  const same = comparison.differ + comparison.onlyA + comparison.onlyB === 0;
  terminal.say(same ? paint('green', words.alike(comparison.alike)) : paint('bold', words.counts(comparison)));
  if (addresses.length > 0) terminal.say(harmless(words.addresses(addresses)));
  if (same) return;
  for (const { protocol, a, b, ...counts } of conversations) {
    terminal.say(
      harmless(words.conversation(protocol, (a ?? b ?? []).filter((end) => end !== '').join(' ↔ '), counts)),
    );
  }
  const side = (mark: string, color: 'red' | 'green', one: FrameOnSide | undefined): void => {
    if (one === undefined) return;
    const place = words.packet(one.number, one.time);
    terminal.say(paint(color, `${mark} ${place}  ${one.protocol}  ${harmless(one.summary)}`));
  };
  terminal.say();
  for (const { change, a, b, fields, fieldsNotListed } of changes.slice(0, MOST_SHOWN)) {
    side(change === 'differ' ? '~ A' : '- A', 'red', a);
    side(change === 'differ' ? '  B' : '+ B', 'green', b);
    for (const { field, a: here, b: there } of fields) {
      const values = [here, there].map((value) => shortened(harmless(value)) || words.nothing);
      terminal.say(
        `    ${harmless(field)}: ${paint('red', values[0] as string)} → ${paint('green', values[1] as string)}`,
      );
    }
    if (fieldsNotListed > 0) terminal.say(words.moreFields(fieldsNotListed));
  }
  const hidden = Math.max(0, changes.length - MOST_SHOWN) + changesNotListed;
  if (hidden > 0) terminal.say(words.more(hidden));
}

/** Characters of a value on one line. */
const LONGEST_VALUE = 80;
const shortened = (value: string): string =>
  value.length > LONGEST_VALUE ? `${value.slice(0, LONGEST_VALUE)}…` : value;
