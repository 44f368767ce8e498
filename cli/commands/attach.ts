import { type Command, InvalidArgumentError } from 'commander';
import { formatDuration, LATEST } from '../../core/index.ts';
import { outlet } from '../../plugins/index.ts';
import { createNodeHost } from '../../workers/node-host.ts';
import { Cable, type CableCounts } from '../attach/cable.ts';
import { InputLogOutput, LARGEST_LOG } from '../attach/input-log.ts';
import { cablesOf, Door, type LiveOutcome, runLive } from '../attach/live-run.ts';
import { WallClock } from '../attach/wall-clock.ts';
import { readTopologyFile, refuseToOverwrite } from '../files.ts';
import { Interruption } from '../interruption.ts';
import { openSession } from '../lab-session.ts';
import {
  flagsText,
  linkOption,
  loadOptions,
  type RunFlags,
  seedOption,
  setOption,
  shellWord,
  untilOption,
  withoutOption,
} from '../options.ts';
import { EXIT, Refused } from '../refused.ts';
import { type Outcome, outcomeJson, tellOutcome } from '../run-outcome.ts';
import { type CaptureFlags, CaptureOutput, KeyOutput, takenLinks } from '../run-outputs.ts';
import { StoryOutput } from '../story-output.ts';
import { type Terminal, toJson } from '../terminal.ts';
import { attachWords as words } from '../words/attach.ts';
import { runWords } from '../words/run.ts';

interface Flags extends RunFlags, CaptureFlags {
  readonly for?: number;
  readonly speed: number;
  readonly log?: string;
  readonly keys?: string;
  readonly full?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** A live run never goes back: what the trace no longer holds may be gone. A clone of the run would only make it late. */
const NO_SNAPSHOTS = { snapshots: 2, octets: 0, interval: Number.POSITIVE_INFINITY, stretches: 1 };

export function addAttach(program: Command, terminal: Terminal): void {
  program
    .command('attach')
    .summary(words.summary)
    .description(words.about)
    .argument('<lab>')
    .option('--log <file>', words.options.log)
    .option('--for <time>', words.options.for, untilOption)
    .option('--speed <factor>', words.options.speed, speedOption, 1)
    .option('--pcap <file>', runWords.options.pcap)
    .option('--pcap-link <link>', runWords.options.pcapLink, linkOption, [])
    .option('--keys <folder>', runWords.options.keys)
    .option('--seed <number>', runWords.options.seed, seedOption)
    .option('--set <path=value>', runWords.options.set, setOption, [])
    .option('--without <part>', runWords.options.without, withoutOption, [])
    .option('--full', runWords.options.full)
    .option('--quiet', runWords.options.quiet)
    .option('--json', runWords.options.json)
    .addHelpText('after', words.examples)
    .action(async (lab: string, flags: Flags) => {
      process.exitCode = await attach(lab, flags, terminal);
    });
}

function speedOption(text: string): number {
  const speed = Number(text);
  if (text.trim() !== '' && speed >= 0.01 && speed <= 100) return speed;
  throw new InvalidArgumentError(words.wrongSpeed(text));
}

async function attach(lab: string, flags: Flags, terminal: Terminal): Promise<number> {
  const file = readTopologyFile(lab);
  const door = new Door();
  const plain = createNodeHost({ history: NO_SNAPSHOTS });
  const host = { ...plain, slots: { ...plain.slots, [outlet.slot]: door } };
  const settings = { ...loadOptions(flags), entered: { entries: [], end: flags.for ?? LATEST } };
  const session = await openSession(file, settings, terminal, host);
  const { open, description } = session;
  const until = description.duration ?? LATEST;
  const ends = cablesOf(open);
  if (ends.length === 0) throw new Refused(words.noOutside(file.name));
  for (const output of [flags.log, flags.pcap]) if (output !== undefined) refuseToOverwrite(output, file.name);
  const links = takenLinks(open, flags);
  const cables: Cable[] = [];
  let log: InputLogOutput | undefined;
  let capture: CaptureOutput | undefined;
  const interruption = new Interruption();
  try {
    for (const one of ends) cables.push(await Cable.open(one));
    if (flags.log !== undefined) log = new InputLogOutput(flags.log, open.history.head.topology);
    if (flags.pcap !== undefined) capture = new CaptureOutput(flags.pcap, links);
    const keys = flags.keys === undefined ? undefined : new KeyOutput(flags.keys);
    const story = new StoryOutput(terminal, flags);
    for (const one of ends) terminal.tell(terminal.tint('dim', words.joined(one)));
    terminal.tell(terminal.tint('dim', words.goesOn(log !== undefined)));
    const began = performance.now();
    const clock = new WallClock(flags.speed);
    const look = (): void => {
      capture?.take(open);
      story.take(open);
    };
    const interrupted = (): boolean => interruption.asked;
    const live = await runLive({ open, door, cables, clock, log, until, interrupted, look });
    const outcome: Outcome = {
      session,
      progress: live.progress,
      verdicts: open.verdicts(),
      interrupted: interruption.asked,
      seconds: (performance.now() - began) / 1000,
      keys: keys?.write(open, capture),
      capture: capture?.path,
    };
    if (flags.json === true) terminal.say(toJson(liveJson(outcome, live, cables, log?.path, story)));
    else {
      const inputs = log === undefined ? '' : ` --inputs ${shellWord(log.path)}`;
      tellOutcome(outcome, terminal, story.held, `${shellWord(lab)}${flagsText(flags)}${inputs}`);
      tellLive(live, cables, log?.path, terminal);
    }
    if (outcome.interrupted) return interruption.exitCode;
    const { stopped } = live.progress;
    const held = stopped === undefined && !live.logFull && outcome.verdicts.every((verdict) => verdict.held);
    return held ? EXIT.held : EXIT.failed;
  } finally {
    for (const cable of cables) cable.close();
    log?.close(open.history.head.now);
    capture?.close();
    interruption.release();
  }
}

function turnedAway(counts: CableCounts): string[] {
  const kinds = Object.entries(words.turnedAway) as [keyof typeof words.turnedAway, (count: number) => string][];
  return kinds.flatMap(([kind, say]) => (counts[kind] === 0 ? [] : [say(counts[kind])]));
}

function tellLive(live: LiveOutcome, cables: readonly Cable[], log: string | undefined, terminal: Terminal): void {
  const { lateness, logFull } = live;
  const { paint } = terminal;
  for (const { ends, counts } of cables) {
    terminal.say([words.counts(ends, counts.in, counts.out), ...turnedAway(counts)].join('; '));
  }
  const { median, worst, count } = lateness;
  const late =
    count === 0 ? words.onTime : words.lateness(formatDuration(median), formatDuration(Math.round(worst)), count);
  terminal.say(paint('dim', late));
  if (log === undefined) return;
  if (logFull) terminal.say(paint('red', words.logFull(log, LARGEST_LOG)));
  terminal.say(runWords.wrote(log, words.inputLog));
}

function liveJson(
  outcome: Outcome,
  { lateness, logFull }: LiveOutcome,
  cables: readonly Cable[],
  log: string | undefined,
  story: StoryOutput,
): object {
  return {
    ...outcomeJson(outcome, story.listed),
    outside: cables.map(({ ends, counts }) => ({ ...ends, ...counts })),
    lateness: { median: lateness.median, worst: Math.round(lateness.worst), frames: lateness.count },
    log: log ?? null,
    logFull,
  };
}
