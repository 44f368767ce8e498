import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { addAttach } from './commands/attach.ts';
import { addCapture } from './commands/capture.ts';
import { addCheck } from './commands/check.ts';
import { addCompare } from './commands/compare.ts';
import { addExperiment } from './commands/experiment.ts';
import { addExplain } from './commands/explain.ts';
import { addPlugins } from './commands/plugins.ts';
import { addRun } from './commands/run.ts';
import { addWeb } from './commands/web.ts';
import { ROOT } from './files.ts';
import { EXIT, Refused } from './refused.ts';
import { endWithReader, openTerminal } from './terminal.ts';
import { programWords as words } from './words/program.ts';

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly version: string;
};

const terminal = openTerminal();
endWithReader();

const program = new Command('ikebana')
  .description(words.about)
  .version(manifest.version)
  .addHelpText('after', words.examples)
  .showSuggestionAfterError()
  .showHelpAfterError('(--help tells more)')
  .exitOverride();
for (const add of [
  addRun,
  addAttach,
  addCheck,
  addExplain,
  addExperiment,
  addCompare,
  addCapture,
  addPlugins,
  addWeb,
]) {
  add(program, terminal);
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  // Commander has said what is wrong with the command line; help and version were asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.held : EXIT.badInput;
  if (error instanceof Refused) {
    if (error.message !== '') terminal.tell(terminal.tint('red', words.failed(error.message)));
    return EXIT.badInput;
  }
  terminal.tell(terminal.tint('red', words.mistake));
  terminal.tell(error instanceof Error ? error.stack : String(error));
  return EXIT.mistake;
}
