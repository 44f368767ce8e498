import type { Command } from 'commander';
import type { OpenLab } from '../../workers/open-lab.ts';
import type { NodeView } from '../../workers/views.ts';
import { readTopologyFile, refuseToOverwrite } from '../files.ts';
import { Interruption } from '../interruption.ts';
import { openFlagged, runSession } from '../lab-session.ts';
import {
  flagsText,
  linkOption,
  type RunFlags,
  seedOption,
  setOption,
  shellWord,
  untilOption,
  withoutOption,
} from '../options.ts';
import { EXIT } from '../refused.ts';
import { type Outcome, outcomeJson, tellOutcome } from '../run-outcome.ts';
import { type CaptureFlags, CaptureOutput, KeyOutput, takenLinks } from '../run-outputs.ts';
import { StoryOutput } from '../story-output.ts';
import { tablesJson, tellTables } from '../tables-text.ts';
import { type Terminal, toJson } from '../terminal.ts';
import { runWords as words } from '../words/run.ts';

interface Flags extends RunFlags, CaptureFlags {
  readonly keys?: string;
  readonly tables?: boolean;
  readonly full?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

export function addRun(program: Command, terminal: Terminal): void {
  program
    .command('run')
    .summary(words.summary)
    .description(words.about)
    .argument('<lab>')
    .option('--seed <number>', words.options.seed, seedOption)
    .option('--until <time>', words.options.until, untilOption)
    .option('--inputs <log>', words.options.inputs)
    .option('--set <path=value>', words.options.set, setOption, [])
    .option('--without <part>', words.options.without, withoutOption, [])
    .option('--pcap <file>', words.options.pcap)
    .option('--pcap-link <link>', words.options.pcapLink, linkOption, [])
    .option('--keys <folder>', words.options.keys)
    .option('--tables', words.options.tables)
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
  const session = await openFlagged(file, flags, terminal);
  for (const input of [file.name, flags.inputs ?? '']) {
    if (flags.pcap !== undefined) refuseToOverwrite(flags.pcap, input);
  }
  const links = takenLinks(session.open, flags);
  const capture = flags.pcap === undefined ? undefined : new CaptureOutput(flags.pcap, links);
  const keys = flags.keys === undefined ? undefined : new KeyOutput(flags.keys);
  const interruption = new Interruption();
  const began = performance.now();
  const story = new StoryOutput(terminal, flags);
  const look = (): void => {
    capture?.take(session.open);
    story.take(session.open);
  };
  try {
    const progress = await runSession(session, flags.until, interruption, terminal, look);
    const outcome: Outcome = {
      session,
      progress,
      verdicts: session.open.verdicts(),
      interrupted: interruption.asked,
      seconds: (performance.now() - began) / 1000,
      keys: keys?.write(session.open, capture),
      capture: capture?.path,
    };
    const nodes = flags.tables === true ? nodesAtTheEnd(session.open) : undefined;
    if (flags.json === true) {
      const tables = nodes === undefined ? {} : { tables: tablesJson(nodes) };
      terminal.say(toJson({ ...outcomeJson(outcome, story.listed), ...tables }));
    } else {
      if (nodes !== undefined) tellTables(nodes, terminal);
      tellOutcome(outcome, terminal, story.held, `${shellWord(lab)}${flagsText(flags)}`);
    }
    if (outcome.interrupted) return interruption.exitCode;
    const held = progress.stopped === undefined && outcome.verdicts.every((verdict) => verdict.held);
    return held ? EXIT.held : EXIT.failed;
  } finally {
    interruption.release();
    capture?.close();
  }
}

/** What every node shows of itself where the run stands. */
function nodesAtTheEnd(open: OpenLab): NodeView[] {
  open.seek(open.progress().frontier);
  return open.history.head.topology.nodes.flatMap(({ name }) => open.node(name) ?? []);
}
