import type { Command } from 'commander';
import { createNodeHost } from '../../workers/node-host.ts';
import { readTopology } from '../../workers/topology-text.ts';
import { countText, diagnosticText } from '../diagnostic-text.ts';
import { kindsText, readTopologyFile } from '../files.ts';
import { loadOptions, type RunFlags, seedOption, setOption, withoutOption } from '../options.ts';
import { EXIT } from '../refused.ts';
import { type Terminal, toJson } from '../terminal.ts';
import { checkWords as words } from '../words/check.ts';
import { runWords } from '../words/run.ts';

interface Flags extends RunFlags {
  readonly json?: boolean;
}

export function addCheck(program: Command, terminal: Terminal): void {
  program
    .command('check')
    .summary(words.summary)
    .description(words.about)
    .argument('<lab...>')
    .option('--seed <number>', runWords.options.seed, seedOption)
    .option('--set <path=value>', runWords.options.set, setOption, [])
    .option('--without <part>', runWords.options.without, withoutOption, [])
    .option('--json', words.json)
    .addHelpText('after', words.examples)
    .action((labs: string[], flags: Flags) => {
      process.exitCode = check(labs, flags, terminal);
    });
}

function check(labs: readonly string[], flags: Flags, terminal: Terminal): number {
  const host = createNodeHost();
  const kinds = kindsText();
  const outcomes = labs.map((lab) => {
    const file = readTopologyFile(lab);
    const read = readTopology(host, file.text, { ...loadOptions(flags), fileName: file.name, kinds });
    return { file, ...read };
  });
  const good = outcomes.every(({ topology }) => topology !== undefined);
  if (flags.json === true) {
    terminal.say(
      toJson(
        outcomes.map(({ file, topology, diagnostics }) => ({
          file: file.name,
          good: topology !== undefined,
          diagnostics,
        })),
      ),
    );
    return good ? EXIT.held : EXIT.badInput;
  }
  for (const { file, text, topology, diagnostics } of outcomes) {
    for (const diagnostic of diagnostics) {
      terminal.say(diagnosticText(diagnostic, diagnostic.file === file.name ? text : undefined, terminal.paint));
    }
    if (topology !== undefined) terminal.say(words.good(file.name, topology.nodes.length, topology.links.length));
    else terminal.say(`${file.name}: ${countText(diagnostics)}`);
  }
  return good ? EXIT.held : EXIT.badInput;
}
