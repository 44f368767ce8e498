import type { Command } from 'commander';
import { formatInstant } from '../../core/index.ts';
import { type Comparison, compareRuns, type VerdictPair } from '../../workers/compare.ts';
import { isCapture } from '../capture-side.ts';
import { readTopologyFile } from '../files.ts';
import { Interruption } from '../interruption.ts';
import { openSession, runSession, type Session } from '../lab-session.ts';
import { flagsText, loadOptions, type RunFlags, seedOption, setOption, withoutOption } from '../options.ts';
import { EXIT, Refused } from '../refused.ts';
import { chainText } from '../story-text.ts';
import { harmless, type Terminal, toJson } from '../terminal.ts';
import { compareWords as words } from '../words/compare.ts';
import { compareCaptureWords as captureWords } from '../words/compare-captures.ts';
import { compareCaptureSides, type SideFlags } from './compare-captures.ts';

interface Flags {
  readonly setA: RunFlags['set'];
  readonly setB: RunFlags['set'];
  readonly withoutA: readonly string[];
  readonly withoutB: readonly string[];
  readonly seedA?: number;
  readonly seedB?: number;
  readonly keysA?: string;
  readonly keysB?: string;
  readonly linkA?: string;
  readonly linkB?: string;
  readonly json?: boolean;
}

const CAPTURE_FLAGS = [
  ['--keys-a', 'keysA'],
  ['--keys-b', 'keysB'],
  ['--link-a', 'linkA'],
  ['--link-b', 'linkB'],
] as const;

export function addCompare(program: Command, terminal: Terminal): void {
  program
    .command('compare')
    .summary(words.summary)
    .description(words.about)
    .argument('<a>')
    .argument('[b]')
    .option('--set-a <path=value>', words.options.setA, setOption, [])
    .option('--set-b <path=value>', words.options.setB, setOption, [])
    .option('--without-a <part>', words.options.withoutA, withoutOption, [])
    .option('--without-b <part>', words.options.withoutB, withoutOption, [])
    .option('--seed-a <number>', words.options.seedA, seedOption)
    .option('--seed-b <number>', words.options.seedB, seedOption)
    .option('--keys-a <folder>', words.options.keysA)
    .option('--keys-b <folder>', words.options.keysB)
    .option('--link-a <link>', words.options.linkA)
    .option('--link-b <link>', words.options.linkB)
    .option('--json', words.options.json)
    .addHelpText('after', words.examples)
    .action(async (a: string, b: string | undefined, flags: Flags) => {
      const captures = isCapture(a) || (b !== undefined && isCapture(b));
      process.exitCode = await (captures ? compareFiles : compareLabs)(a, b, flags, terminal);
    });
}

function sideOf(flags: Flags, side: 'a' | 'b'): RunFlags {
  const [set, without, seed] =
    side === 'a' ? [flags.setA, flags.withoutA, flags.seedA] : [flags.setB, flags.withoutB, flags.seedB];
  return { set, without, ...(seed === undefined ? {} : { seed }) };
}

/** Of captures, at least one: what is on the wire is compared, not what was done. */
async function compareFiles(a: string, b: string | undefined, flags: Flags, terminal: Terminal): Promise<number> {
  if (b === undefined) throw new Refused(captureWords.oneAlone(a));
  const { keysA, keysB, linkA, linkB } = flags;
  const one: SideFlags = { side: 'a', name: a, run: sideOf(flags, 'a'), keys: keysA, link: linkA };
  const other: SideFlags = { side: 'b', name: b, run: sideOf(flags, 'b'), keys: keysB, link: linkB };
  return compareCaptureSides([one, other], flags.json === true, terminal);
}

async function compareLabs(a: string, second: string | undefined, flags: Flags, terminal: Terminal): Promise<number> {
  const b = second ?? a;
  for (const [flag, key] of CAPTURE_FLAGS)
    if (flags[key] !== undefined) throw new Refused(captureWords.notOfLabs(flag));
  const sides = [
    { name: a, flags: sideOf(flags, 'a') },
    { name: b, flags: sideOf(flags, 'b') },
  ];
  const sessions: Session[] = [];
  // All mistakes of both are told before anything runs.
  const files = a === b ? [readTopologyFile(a)] : [readTopologyFile(a), readTopologyFile(b)];
  for (const [at, side] of sides.entries()) {
    const file = files[at] ?? files[0];
    if (file !== undefined) sessions.push(await openSession(file, loadOptions(side.flags), terminal));
  }
  const [one, other] = sessions as [Session, Session];
  const interruption = new Interruption();
  try {
    for (const session of sessions) {
      await runSession(session, undefined, interruption, terminal, () => {});
      if (interruption.asked) return interruption.exitCode;
    }
  } finally {
    interruption.release();
  }
  const comparison = compareRuns(one.open, other.open);
  if (flags.json === true) {
    const labs = sessions.map(({ description: { name, seed } }) => ({ name, seed }));
    terminal.say(toJson({ a: labs[0], b: labs[1], ...comparison }));
  } else {
    sessions.forEach(({ description: { name, seed } }, at) => {
      const changes = flagsText({ ...(sides[at]?.flags ?? { set: [], without: [] }) });
      terminal.say(words.side(at === 0 ? 'A' : 'B', harmless(name), seed, harmless(changes)));
    });
    terminal.say();
    tell(comparison, terminal);
  }
  return comparison.divergence === undefined && comparison.verdicts.length === 0 ? EXIT.held : EXIT.failed;
}

function tell(comparison: Comparison, terminal: Terminal): void {
  const { paint } = terminal;
  const { alike, contents, divergence, verdicts } = comparison;
  if (divergence === undefined) terminal.say(paint('green', words.alike(alike, contents)));
  else {
    terminal.say(words.counts(comparison));
    terminal.say(paint('bold', words.divergence(formatInstant(divergence.time))));
    for (const [side, chain] of [
      ['A', divergence.a],
      ['B', divergence.b],
    ] as const) {
      terminal.say();
      terminal.say(paint('bold', side));
      if (chain === undefined) terminal.say(`  ${words.nothing}`);
      else for (const line of chainText(terminal, chain)) terminal.say(line);
    }
    if (divergence.fields.length > 0) {
      terminal.say();
      terminal.say(paint('bold', words.fields));
      for (const { field, a, b } of divergence.fields) {
        terminal.say(
          `  ${harmless(field)}: ${paint('red', harmless(a) || '-')} → ${paint('green', harmless(b) || '-')}`,
        );
      }
    }
  }
  if (verdicts.length === 0) return;
  terminal.say();
  terminal.say(paint('bold', words.verdicts));
  for (const { expectation, a, b } of verdicts) {
    terminal.say(`  ${harmless(expectation)}`);
    terminal.say(`    A ${verdictText(a, terminal)}`);
    terminal.say(`    B ${verdictText(b, terminal)}`);
  }
}

function verdictText(verdict: VerdictPair['a'], { paint }: Terminal): string {
  if (verdict === undefined) return paint('dim', words.absent);
  const { held, evidence } = verdict;
  return `${paint(held ? 'green' : 'red', held ? words.held : words.failed)}  ${paint('dim', harmless(evidence))}`;
}
