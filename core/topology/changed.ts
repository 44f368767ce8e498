import type { Registry } from '../plugin/index.ts';
import type { Diagnostic } from './diagnostic.ts';
import { applyFragments } from './fragments.ts';
import type { Kinds } from './kinds.ts';
import { applyOverrides, type Override } from './overrides.ts';
import { parseTopology } from './parse-topology.ts';
import type { Topology } from './topology.ts';
import { withoutParts } from './without.ts';

/** How a topology differs from its text. Done in this order: fragments, parts taken off, settings, seed. */
export interface Changes {
  /** Parts of topologies, as plain data, laid over it. */
  readonly fragments?: readonly unknown[];
  /** `node/plugin`, taken off that node, or `node`, with all that speaks of it. */
  readonly without?: readonly string[];
  /** Settings by their paths. */
  readonly overrides?: readonly Override[];
  readonly seed?: number;
}

export interface ChangedTopology {
  /** What was read in the end: the places of diagnostics are those of this text. */
  readonly text: string;
  /** Only when there is no error. */
  readonly topology?: Topology;
  readonly diagnostics: readonly Diagnostic[];
}

export interface ChangeOptions {
  readonly registry: Registry;
  readonly kinds?: Kinds | string;
  readonly fileName?: string;
}

/** Changes the text of a topology and reads it: the one way from a file and flags to what runs. */
export function changedTopology(
  given: string,
  { fragments = [], without = [], overrides = [], seed }: Changes,
  { registry, kinds, fileName }: ChangeOptions,
): ChangedTopology {
  const named = fileName === undefined ? {} : { fileName };
  const known = kinds === undefined ? {} : { kinds };
  const first: Diagnostic[] = [];
  let text = given;
  const take = (changed: { readonly text: string; readonly diagnostics: readonly Diagnostic[] }): void => {
    text = changed.text;
    first.push(...changed.diagnostics);
  };
  take(applyFragments(text, fragments, named));
  if (without.length > 0) take(withoutParts(text, without, { registry, ...known, ...named }));
  if (overrides.length > 0) take(applyOverrides(text, overrides, named));
  const refused = first.some(({ severity }) => severity === 'error');
  const parsed = parseTopology(text, { registry, ...named, ...known });
  const diagnostics = [...first, ...parsed.diagnostics];
  if (parsed.topology === undefined || refused) return { text, diagnostics };
  const topology = seed === undefined ? parsed.topology : { ...parsed.topology, seed };
  return { text, diagnostics, topology };
}
