import type { Command } from 'commander';
import { formatDuration } from '../../core/index.ts';
import type { Happening, Progress } from '../../workers/api.ts';
import type { VerdictView } from '../../workers/views.ts';
import { readTopologyFile, refuseToOverwrite } from '../files.ts';
import { Interruption } from '../interruption.ts';
import { openSession, runSession, type Session } from '../lab-session.ts';
import {
  flagsText,
  loadOptions,
  type RunFlags,
  seedOption,
  setOption,
  shellWord,
  untilOption,
  withoutOption,
} from '../options.ts';
import { EXIT } from '../refused.ts';
import { CaptureOutput, KeyOutput } from '../run-outputs.ts';
import { happeningText, StoryTeller, verdictText } from '../story-text.ts';
import { type Terminal, toJson } from '../terminal.ts';
import { runWords as words } from '../words/run.ts';

interface Flags extends RunFlags {
  readonly pcap?: string;
  readonly keys?: string;
  readonly full?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Happenings that the JSON outcome lists. */
const MOST_LISTED = 10_000;

export function addRun(program: Command, terminal: Terminal): void {
  program
    .command('run')
    .summary(words.summary)
    .description(words.about)
    .argument('<lab>')
    .option('--seed <number>', words.options.seed, seedOption)
    .option('--until <time>', words.options.until, untilOption)
    .option('--set <path=value>', words.options.set, setOption, [])
    .option('--without <part>', words.options.without, withoutOption, [])
    .option('--pcap <file>', words.options.pcap)
    .option('--keys <folder>', words.options.keys)
    .option('--full', words.options.full)
    .option('--quiet', words.options.quiet)
    .option('--json', words.options.json)
    .addHelpText('after', words.examples)
    .action(async (lab: string, flags: Flags) => {
      process.exitCode = await run(lab, flags, terminal);
    });
}

async function run(lab: string, flags: Flags, terminal: Terminal): Promise<number> {
  const file = readTopologyFile(lab);
  const session = await openSession(file, loadOptions(flags), terminal);
  if (flags.pcap !== undefined) refuseToOverwrite(flags.pcap, file.name);
  const capture = flags.pcap === undefined ? undefined : new CaptureOutput(flags.pcap);
  const keys = flags.keys === undefined ? undefined : new KeyOutput(flags.keys);
  const interruption = new Interruption();
  const began = performance.now();
  const tells = flags.json !== true && flags.quiet !== true;
  const teller = new StoryTeller(flags.full === true);
  const listed: Happening[] = [];
  let told = 0;
  const look = (): void => {
    capture?.take(session.open);
    if (flags.json === true) {
      listed.push(...session.open.told(told, () => true).slice(0, MOST_LISTED - listed.length));
    } else if (tells) {
      for (const one of session.open.told(told, (record) => teller.tells(record))) {
        terminal.say(happeningText(terminal, one));
      }
    }
    told = listed.length < MOST_LISTED ? session.open.toldSoFar : Number.POSITIVE_INFINITY;
  };
  try {
    const progress = await runSession(session, flags.until, interruption, terminal, look);
    const outcome: Outcome = {
      session,
      progress,
      verdicts: session.open.verdicts(),
      interrupted: interruption.asked,
      seconds: (performance.now() - began) / 1000,
      keyFiles: keys?.write(session.open),
      capture: capture?.path,
    };
    if (flags.json === true) terminal.say(toJson(jsonOf(outcome, listed)));
    else tell(outcome, terminal, teller.held, `${shellWord(lab)}${flagsText(flags)}`);
    if (outcome.interrupted) return interruption.exitCode;
    const held = progress.stopped === undefined && outcome.verdicts.every((verdict) => verdict.held);
    return held ? EXIT.held : EXIT.failed;
  } finally {
    interruption.release();
    capture?.close();
  }
}

interface Outcome {
  readonly session: Session;
  readonly progress: Progress;
  readonly verdicts: readonly VerdictView[];
  readonly interrupted: boolean;
  readonly seconds: number;
  readonly keyFiles: readonly string[] | undefined;
  readonly capture: string | undefined;
}

function tell(outcome: Outcome, terminal: Terminal, untold: number, again: string): void {
  const { session, progress, verdicts, interrupted, capture, keyFiles } = outcome;
  const { paint } = terminal;
  if (untold > 0) terminal.say(paint('dim', words.held(untold)));
  terminal.say();
  if (verdicts.length === 0) terminal.say(words.noExpectations);
  else {
    terminal.say(paint('bold', words.expectations));
    for (const verdict of verdicts) terminal.say(verdictText(terminal, verdict));
  }
  terminal.say();
  const at = formatDuration(progress.frontier);
  if (interrupted) terminal.say(paint('yellow', words.interrupted(at)));
  else if (progress.stopped !== undefined) terminal.say(paint('red', words.stopped(at, progress.stopped)));
  else if (!progress.ended) terminal.say(words.until(at));
  const held = verdicts.filter((verdict) => verdict.held).length;
  const { name, seed } = session.description;
  const line = words.outcome(name, seed, held, verdicts.length);
  terminal.say(paint(held === verdicts.length ? 'green' : 'red', line));
  terminal.say(
    paint('dim', words.figures(progress.frames, progress.drops, progress.events, at, outcome.seconds.toFixed(2))),
  );
  if (capture !== undefined) terminal.say(words.wrote(capture, words.frames));
  if (keyFiles !== undefined) {
    terminal.say(words.wrote(keyFiles.length === 0 ? words.noKeys : keyFiles.join(', '), words.keyTables));
  }
  if (held < verdicts.length && !interrupted) terminal.say(paint('dim', words.why(again)));
}

function jsonOf(
  { session, progress, verdicts, interrupted, capture, keyFiles }: Outcome,
  story: readonly Happening[],
): object {
  const { name, about, seed } = session.description;
  const { frontier, end, ended, stopped, events, frames, drops } = progress;
  return {
    lab: { name, about, seed },
    run: { now: frontier, end, ended, interrupted, stopped: stopped ?? null, events, frames, drops },
    expectations: verdicts,
    held: verdicts.every((verdict) => verdict.held),
    story: story.map(({ record, time, kind, node, plugin, code, text, tone }) => ({
      record,
      time,
      kind,
      node,
      plugin,
      code,
      text,
      tone,
    })),
    pcap: capture ?? null,
    keys: keyFiles ?? null,
  };
}
