import type { Command } from 'commander';
import type { Answer, Explanation } from '../../workers/api.ts';
import type { CureSearch } from '../../workers/cure.ts';
import { explain as explainRun } from '../../workers/explain.ts';
import { findCures, tellCures } from '../cure-search.ts';
import { readTopologyFile } from '../files.ts';
import { Interruption } from '../interruption.ts';
import { openFlagged, runSession } from '../lab-session.ts';
import { type RunFlags, seedOption, setOption, untilOption, withoutOption } from '../options.ts';
import { EXIT, Refused } from '../refused.ts';
import { chainText } from '../story-text.ts';
import { harmless, type Terminal, toJson } from '../terminal.ts';
import { explainWords as words } from '../words/explain.ts';
import { runWords } from '../words/run.ts';

interface Flags extends RunFlags {
  readonly json?: boolean;
  readonly cure?: boolean;
}

export function addExplain(program: Command, terminal: Terminal): void {
  program
    .command('explain')
    .summary(words.summary)
    .description(words.about)
    .argument('<lab>')
    .argument('[question...]')
    .option('--seed <number>', runWords.options.seed, seedOption)
    .option('--until <time>', runWords.options.until, untilOption)
    .option('--inputs <log>', runWords.options.inputs)
    .option('--set <path=value>', runWords.options.set, setOption, [])
    .option('--without <part>', runWords.options.without, withoutOption, [])
    .option('--cure', words.cureOption)
    .option('--json', words.json)
    .addHelpText('after', words.examples)
    .action(async (lab: string, question: string[], flags: Flags) => {
      process.exitCode = await explain(lab, questionOf(question), flags, terminal);
    });
}

/** In a shell an arrow must be quoted: `to` between two names does as well. */
function questionOf(words: readonly string[]): string {
  return words.join(' ').replace(/^(\S+ \S+) to (\S)/, '$1 -> $2');
}

async function explain(lab: string, question: string, flags: Flags, terminal: Terminal): Promise<number> {
  const file = readTopologyFile(lab);
  const session = await openFlagged(file, flags, terminal);
  const interruption = new Interruption();
  let search: CureSearch | undefined;
  let explained: Explanation;
  try {
    await runSession(session, flags.until, interruption, terminal, () => {});
    if (interruption.asked) return interruption.exitCode;
    explained = explainRun(session.open, question);
    if (explained.wrong !== undefined) throw new Refused(explained.wrong);
    if (flags.cure === true) {
      if (/^(packet|tunnel)\b/.test(question)) throw new Refused(words.cureOfWhat);
      search = await findCures(file, flags, question, interruption);
      if (interruption.asked) return interruption.exitCode;
    }
  } finally {
    interruption.release();
  }
  const { answers } = explained;
  if (flags.json === true)
    terminal.say(toJson({ question, answers, ...(search === undefined ? {} : curesOf(search)) }));
  else if (answers.length === 0) terminal.say(terminal.paint('green', words.nothing));
  else for (const answer of answers) tell(answer, terminal);
  if (flags.json !== true && search !== undefined) tellCures(search, terminal);
  // Without a question drops are told too, and a topology may expect them: what counts are its expectations.
  const judged: readonly { readonly held: boolean }[] = question === '' ? session.open.verdicts() : answers;
  return judged.every(({ held }) => held) ? EXIT.held : EXIT.failed;
}

/** The search without the run that it began with, whose story the answers tell. */
function curesOf({ before, cures, partly, tried }: CureSearch): object {
  return { cause: before?.cause?.code ?? null, cures, partly, tried };
}

function tell({ question, held, verdict, chain }: Answer, terminal: Terminal): void {
  const { paint } = terminal;
  const mark = held ? paint('green', words.held) : paint('red', words.failed);
  terminal.say(`${paint('bold', harmless(question))}: ${mark}`);
  terminal.say(`  ${harmless(verdict)}`);
  for (const line of chainText(terminal, chain)) terminal.say(line);
  terminal.say();
}
