import { setImmediate } from 'node:timers/promises';
import { LATEST } from '../core/index.ts';
import type { LabDescription, LoadOptions, Progress } from '../workers/api.ts';
import type { LabHost } from '../workers/host.ts';
import { Lab } from '../workers/lab.ts';
import { createNodeHost } from '../workers/node-host.ts';
import type { OpenLab } from '../workers/open-lab.ts';
import { Pace } from '../workers/pace.ts';
import { matchLog, readInputLog } from './attach/input-log.ts';
import { diagnosticText } from './diagnostic-text.ts';
import { kindsText, type TopologyFile } from './files.ts';
import type { Interruption } from './interruption.ts';
import { loadOptions, type RunFlags } from './options.ts';
import { ProgressBar } from './progress-bar.ts';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';
import { attachWords as words } from './words/attach.ts';

/** Milliseconds between two looks at what the user wants. */
const SLICE = 50;

/** A loaded lab in this thread. */
export interface Session {
  readonly lab: Lab;
  readonly open: OpenLab;
  readonly description: LabDescription;
}

/** Loads a topology as flags change it, with the input log that they name. */
export async function openFlagged(file: TopologyFile, flags: RunFlags, terminal: Terminal): Promise<Session> {
  const { inputs } = flags;
  if (inputs === undefined) return openSession(file, loadOptions(flags), terminal);
  const log = readInputLog(inputs);
  const session = await openSession(file, { seed: log.seed, ...loadOptions(flags), entered: log }, terminal);
  if (!matchLog(log, session.open.history.head)) terminal.tell(terminal.tint('yellow', words.otherTopology(inputs)));
  if (log.end === undefined) terminal.tell(terminal.tint('yellow', words.noEnd(inputs)));
  return session;
}

/** Loads a topology; mistakes are told, all of them, and end in `Refused`. */
export async function openSession(
  file: TopologyFile,
  settings: Omit<LoadOptions, 'fileName' | 'kinds'>,
  terminal: Terminal,
  host: LabHost = createNodeHost(),
): Promise<Session> {
  const lab = new Lab(host);
  const {
    text,
    diagnostics,
    lab: description,
  } = await lab.load(file.text, {
    ...settings,
    fileName: file.name,
    kinds: kindsText(),
  });
  for (const diagnostic of diagnostics) {
    terminal.tell(diagnosticText(diagnostic, diagnostic.file === file.name ? text : undefined, terminal.tint));
  }
  if (description === undefined || lab.open === undefined) throw new Refused('');
  return { lab, open: lab.open, description };
}

/** Lets the run go on to `until` or its end, or until the user interrupts it. `look` sees it between slices. */
export async function runSession(
  session: Session,
  until: number | undefined,
  interruption: Interruption,
  terminal: Terminal,
  look: () => void,
): Promise<Progress> {
  const { open } = session;
  const pace = new Pace(SLICE);
  const bar = new ProgressBar(terminal, until);
  let progress = open.progress();
  try {
    for (;;) {
      const began = performance.now();
      const before = progress.events;
      progress = open.advance(until ?? LATEST, pace.events);
      const done = progress.events - before;
      pace.took(done, performance.now() - began);
      look();
      bar.show(progress);
      const reached = until !== undefined && progress.frontier >= until && done === 0;
      if (progress.ended || progress.stopped !== undefined || reached) return progress;
      // Signals and the bar's own drawing get their turn.
      await setImmediate();
      if (interruption.asked) return progress;
    }
  } finally {
    bar.end();
  }
}
