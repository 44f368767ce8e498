import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { joinChunks, pcapngChunks } from '../../core/capture/index.ts';
import type { Plugin } from '../../core/index.ts';
import { createRegistry, type Registry } from '../../core/plugin/index.ts';
import { Simulation, type SimulationOptions } from '../../core/simulation/index.ts';
import { parseTopology, type Topology } from '../../core/topology/index.ts';
import { plugins } from '../../plugins/index.ts';
import { nodePlugins } from '../../plugins/node.ts';

/** Shipped topologies, by folder. */
const folder = fileURLToPath(new URL('../../topologies', import.meta.url));
export const labNames: readonly string[] = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && readdirSync(join(folder, entry.name)).includes('topology.yaml'))
  .map((entry) => entry.name)
  .sort();

export const registry: Registry = createRegistry([...plugins, ...nodePlugins]);
export const kinds = readFileSync(join(folder, 'kinds.yaml'), 'utf8');

export function labText(name: string): string {
  return readFileSync(join(folder, name, 'topology.yaml'), 'utf8');
}

/** A checked topology from text; a diagnostic that is an error ends the test with it. */
export function topologyOf(text: string, fileName: string, known: Registry = registry): Topology {
  const { topology, diagnostics } = parseTopology(text, { registry: known, kinds, fileName });
  if (topology === undefined) {
    throw new Error(diagnostics.map((one) => `${one.file}:${one.line}:${one.column}: ${one.message}`).join('\n'));
  }
  return topology;
}

/** What fills the crypto slot: the named plugin's provider, new for each run. */
export function slotsOf(provider: 'crypto-noble' | 'crypto-node' = 'crypto-node'): Record<string, unknown> {
  const fills = (registry.plugins.get(provider) as Plugin).fills ?? {};
  return Object.fromEntries(Object.entries(fills).map(([slot, create]) => [slot, create()]));
}

export function startLab(name: string, options: Partial<SimulationOptions> = {}): Simulation {
  return Simulation.start(topologyOf(labText(name), name), { registry, slots: slotsOf(), ...options });
}

export function runLab(name: string, options: Partial<SimulationOptions> = {}): Simulation {
  const simulation = startLab(name, options);
  if (!simulation.advance()) throw new Error(`${name} did not end`);
  return simulation;
}

/** Every frame of a run: time, link, sender and bytes. */
export function framesOf(simulation: Simulation): string[] {
  const lines: string[] = [];
  for (const record of simulation.trace?.records() ?? []) {
    if (record.kind !== 'transmit') continue;
    lines.push(`${record.time} ${record.link} ${record.node} ${Buffer.from(record.bytes ?? []).toString('hex')}`);
  }
  return lines;
}

/** All frames as a capture, each link an interface. */
export function captureOf(simulation: Simulation): Uint8Array {
  const links = simulation.topology.links.map((link) => link.name);
  const packets = [...(simulation.trace?.records() ?? [])]
    .filter((record) => record.kind === 'transmit')
    .map((record) => ({
      interface: links.indexOf(record.link as string),
      time: record.time,
      bytes: record.bytes as Uint8Array,
    }));
  return joinChunks([...pcapngChunks({ interfaces: links.map((name) => ({ name, linkType: 1 })), packets })]);
}

/** The key log as files by name. */
export function keyFilesOf(simulation: Simulation): Map<string, string> {
  const files = new Map<string, string>();
  for (const { format, entry } of simulation.run.keyLog) {
    const known = registry.keyLogs.get(format);
    const line = known?.line(entry);
    if (known === undefined || line === undefined) continue;
    files.set(known.file, `${files.get(known.file) ?? ''}${line}\n`);
  }
  return files;
}
