import { applyOverrides, type Diagnostic, parseTopology, type Topology, withoutParts } from '../core/topology/index.ts';
import type { LoadOptions } from './api.ts';
import type { LabHost } from './host.ts';

/** A topology's text as it was read: with parts taken off and settings changed. */
export interface TopologyText {
  readonly text: string;
  readonly kinds: string | undefined;
}

export interface ReadTopology extends TopologyText {
  readonly topology?: Topology;
  /** Places are those of `text`. */
  readonly diagnostics: readonly Diagnostic[];
}

export function readTopology(host: LabHost, text: string, options: LoadOptions): ReadTopology {
  const { fileName, kinds, seed, without = [], overrides = [] } = options;
  const named = fileName === undefined ? {} : { fileName };
  const known = kinds === undefined ? {} : { kinds };
  const reduced =
    without.length === 0
      ? { text, diagnostics: [] }
      : withoutParts(text, without, { registry: host.registry, ...known, ...named });
  const changed =
    overrides.length === 0 ? { text: reduced.text, diagnostics: [] } : applyOverrides(reduced.text, overrides, named);
  const first = [...reduced.diagnostics, ...changed.diagnostics];
  const refused = first.some(({ severity }) => severity === 'error');
  const parsed = parseTopology(changed.text, { registry: host.registry, ...named, ...known });
  const diagnostics = [...first, ...parsed.diagnostics];
  if (parsed.topology === undefined || refused) return { text: changed.text, kinds, diagnostics };
  const topology = seed === undefined ? parsed.topology : { ...parsed.topology, seed };
  return { text: changed.text, kinds, diagnostics, topology };
}

/** A mistake that has no place. */
export function mistake(message: string, file = ''): Diagnostic {
  const place = { line: 1, column: 1, endLine: 1, endColumn: 1, from: 0, to: 0 };
  return { file, ...place, severity: 'error', message, path: [] };
}
