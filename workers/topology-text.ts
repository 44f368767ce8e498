import { changedTopology, type Diagnostic, type Topology } from '../core/topology/index.ts';
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
  const { fileName, kinds, ...changes } = options;
  const named = fileName === undefined ? {} : { fileName };
  const known = kinds === undefined ? {} : { kinds };
  return { ...changedTopology(text, changes, { registry: host.registry, ...known, ...named }), kinds };
}

/** A mistake that has no place. */
export function mistake(message: string, file = ''): Diagnostic {
  const place = { line: 1, column: 1, endLine: 1, endColumn: 1, from: 0, to: 0 };
  return { file, ...place, severity: 'error', message, path: [] };
}
