import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Experiment, parseExperiment } from '../core/experiment/index.ts';
import { nearestWord, type Registry } from '../core/index.ts';
import { diagnosticText } from './diagnostic-text.ts';
import { kindsText, labNames, ROOT, readTextFile, readTopologyFile, type TopologyFile } from './files.ts';
import { Refused } from './refused.ts';
import type { Terminal } from './terminal.ts';
import { experimentWords as words } from './words/experiment.ts';

const EXPERIMENTS = join(ROOT, 'topologies/experiments');
const ENDING = '.yaml';

/** The experiments that come along. */
export function experimentNames(): string[] {
  if (!existsSync(EXPERIMENTS)) return [];
  return readdirSync(EXPERIMENTS)
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length))
    .sort();
}

/** An experiment that comes along by its name, a file, or `-` for what comes in; with the folder that paths in it start from. */
export function readExperimentFile(given: string): TopologyFile & { readonly folder: string } {
  if (experimentNames().includes(given)) {
    const file = `${given}${ENDING}`;
    const text = readTextFile(join(EXPERIMENTS, file));
    return { name: `topologies/experiments/${file}`, text, folder: EXPERIMENTS };
  }
  if (given === '-') return { ...readTopologyFile(given), folder: process.cwd() };
  if (!existsSync(given))
    throw new Refused(words.noSuch(given, nearestWord(given, experimentNames()), experimentNames()));
  return { name: given, text: readTextFile(given), folder: dirname(resolve(given)) };
}

/** Reads an experiment; mistakes are told, all of them, and end in `Refused`. */
export function loadExperiment(given: string, registry: Registry, terminal: Terminal): Experiment {
  const file = readExperimentFile(given);
  const texts = new Map([[file.name, file.text]]);
  const { experiment, diagnostics } = parseExperiment(file.text, {
    registry,
    kinds: kindsText(),
    fileName: file.name,
    baseOf: (name) => {
      const path = [join(file.folder, name), join(file.folder, name, 'topology.yaml')].find(isFile);
      if (path === undefined && !labNames().includes(name)) {
        const near = nearestWord(name, labNames());
        return { wrong: words.noBase(name, near), ...(near === undefined ? {} : { suggestion: near }) };
      }
      const base = path === undefined ? readTopologyFile(name) : { name: path, text: readTextFile(path) };
      texts.set(base.name, base.text);
      return { fileName: base.name, text: base.text };
    },
  });
  for (const diagnostic of diagnostics) {
    terminal.tell(diagnosticText(diagnostic, texts.get(diagnostic.file), terminal.tint));
  }
  if (experiment === undefined) throw new Refused('');
  return experiment;
}

function isFile(path: string): boolean {
  return /\.ya?ml$/.test(path) && existsSync(path);
}
