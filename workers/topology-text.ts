import { type Diagnostic, parseTopology, type TimelineAction, type Topology } from '../core/topology/index.ts';
import type { LoadOptions } from './api.ts';
import type { LabHost } from './host.ts';

/** A topology's text with the settings that it was read with. */
export interface ReadTopology {
  readonly text: string;
  readonly options: LoadOptions;
  readonly topology?: Topology;
  readonly diagnostics: readonly Diagnostic[];
}

export function readTopology(host: LabHost, text: string, options: LoadOptions): ReadTopology {
  const { fileName, kinds, seed } = options;
  const parsed = parseTopology(text, {
    registry: host.registry,
    ...(fileName === undefined ? {} : { fileName }),
    ...(kinds === undefined ? {} : { kinds }),
  });
  const topology = parsed.topology === undefined || seed === undefined ? parsed.topology : { ...parsed.topology, seed };
  return { text, options, diagnostics: parsed.diagnostics, ...(topology === undefined ? {} : { topology }) };
}

/** An operator's action in the words of the timeline, without `at`: what it would be as an entry of the file. */
export function readAction(
  _host: LabHost,
  _base: ReadTopology | undefined,
  _action: string,
): { readonly action?: TimelineAction; readonly diagnostics: readonly Diagnostic[] } {
  return { diagnostics: [] };
}

export function specReader(host: LabHost, _base: ReadTopology | undefined) {
  return (key: string, rest: string): { readonly spec: unknown } | { readonly wrong: string } => {
    const known = host.registry.expectations.get(key);
    const parsed = known?.expectation.schema.safeParse({ [key]: rest });
    if (parsed?.success === true) return { spec: parsed.data };
    return { wrong: parsed?.error.issues[0]?.message ?? `there is no expectation ${key}` };
  };
}
