import { describe, expect, it } from '@jest/globals';
import { isMap, isPair, isScalar, parseDocument, visit } from 'yaml';
import { searchCures } from '../../workers/cure.ts';
import { createNodeHost } from '../../workers/node-host.ts';
import { runCell } from '../../workers/run-cell.ts';
import { kinds, labNames, labText, topologyOf } from './labs.ts';

const LIMIT = 300_000;

/** Under these keys a string is no name of a node, though it may be spelt as one. */
const OTHER_NAMES = new Set(['kind', 'name', 'about', 'child', 'connection', 'secret', 'without', 'values']);

/** A topology with every node and every address called something else: names get a letter in front, first octets one more. */
function renamed(text: string, nodes: readonly string[]): string {
  const document = parseDocument(text);
  const name = new RegExp(`(?<![\\w:./@-])(${nodes.join('|')})(?![\\w@.]|-\\w)`, 'g');
  const moved = (value: string): string =>
    value.replace(
      /(?<![\d.])(10|100|172|192|198|203)(\.\d+\.\d+\.\d+)/g,
      (_, first: string, rest: string) => `${Number(first) + 1}${rest}`,
    );
  visit(document, {
    Pair(_, pair, path) {
      const owner = path.at(-2);
      const isNode = isPair(owner) && isScalar(owner.key) && owner.key.value === 'nodes' && path.length === 4;
      if (isScalar(pair.key) && typeof pair.key.value === 'string') {
        const key = pair.key.value;
        pair.key.value = isNode ? `q${key}` : moved(key);
      }
    },
    Scalar(at, scalar, path) {
      if (at === 'key' || typeof scalar.value !== 'string') return;
      const pair = [...path].reverse().find(isPair);
      const key = isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : '';
      const value = moved(scalar.value);
      scalar.value = OTHER_NAMES.has(key) ? value : value.replace(name, 'q$1');
    },
  });
  return isMap(document.contents) ? document.toString({ lineWidth: 0 }) : text;
}

/** Pings that a lab expects to get no answer: what to ask a cure for. */
function unanswered(text: string): string[] {
  return [...text.matchAll(/\{ ping: ([\w-]+ -> [\w.-]+), answered: 0/g)].map(([, ping]) => `ping: ${ping}`);
}

// Not those where a ping fails by policy or without IPsec: nothing that is offered cures them, and all pairs are tried to find that out.
const failing = labNames.filter(
  (name) => /^(fail|ah|nat-t)-/.test(name) && unanswered(labText(name)).length > 0 && name !== 'nat-t-forward-500',
);

describe('the cause of a failure and its cure, with every node and address called something else', () => {
  it('are asked for in labs of every kind', () => {
    expect(failing.length).toBeGreaterThan(8);
  });

  it.each(failing)(
    'stay the same in %s',
    async (name) => {
      const host = createNodeHost();
      const before = labText(name);
      const nodes = topologyOf(before, name).nodes.map((node) => node.name);
      const after = renamed(before, nodes);
      // Nothing is left of the old names of nodes.
      expect(topologyOf(after, name).nodes.map((node) => node.name)).toEqual(nodes.map((one) => `q${one}`).sort());
      const found = async (text: string) => {
        const goal = unanswered(text)[0] ?? '';
        const run = async (jobs: Parameters<Parameters<typeof searchCures>[3]>[0]) =>
          new Map(jobs.map((job) => [job.index, runCell(host, job)]));
        const search = await searchCures(host, text, { fileName: name, kinds }, run, goal);
        return {
          wrong: search.wrong,
          cause: search.before?.cause?.code,
          cures: search.cures.map(({ ids }) => ids),
          partly: search.partly.map(({ ids }) => ids),
        };
      };
      const one = await found(before);
      expect(one.wrong).toBeUndefined();
      expect(one.cause).toBeDefined();
      process.stdout.write(`${name}: ${one.cause}, cured by ${one.cures.join(', ') || 'nothing that is offered'}\n`);
      expect(await found(after)).toEqual(one);
    },
    LIMIT,
  );
});
