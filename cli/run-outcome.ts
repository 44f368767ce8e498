import { formatDuration } from '../core/index.ts';
import type { Happening, Progress } from '../workers/api.ts';
import type { VerdictView } from '../workers/views.ts';
import type { Session } from './lab-session.ts';
import type { KeyFiles } from './run-outputs.ts';
import { verdictText } from './story-text.ts';
import { harmless, type Terminal } from './terminal.ts';
import { runWords as words } from './words/run.ts';

/** How a run came out, for the terminal. */
export interface Outcome {
  readonly session: Session;
  readonly progress: Progress;
  readonly verdicts: readonly VerdictView[];
  readonly interrupted: boolean;
  readonly seconds: number;
  readonly keys: KeyFiles | undefined;
  readonly capture: string | undefined;
}

/** Verdicts and summary. `untold` happenings were held back; `again` is the run as a command. */
export function tellOutcome(outcome: Outcome, terminal: Terminal, untold: number, again: string): void {
  const { session, progress, verdicts, interrupted, capture, keys } = outcome;
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
  if (keys !== undefined) {
    terminal.say(words.wrote(keys.files.length === 0 ? words.noKeys : keys.files.join(', '), words.keyTables));
  }
  for (const hint of keys?.hints ?? []) terminal.say(paint('yellow', harmless(hint)));
  if (held < verdicts.length && !interrupted) terminal.say(paint('dim', words.why(again)));
}

/** The same for scripts. */
export function outcomeJson(
  { session, progress, verdicts, interrupted, capture, keys }: Outcome,
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
    keys: keys?.files ?? null,
    hints: keys?.hints ?? [],
  };
}
