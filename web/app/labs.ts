import type { ShippedExperiment } from '../model/experimenting.ts';
import { collectLabs, topLevelText } from '../model/labs.ts';

/** The labs of this build and the kinds that they are made of, bundled as text. */
export const shippedLabs = collectLabs(
  import.meta.glob<string>('../../topologies/*/topology.yaml', { query: '?raw', import: 'default', eager: true }),
  import.meta.glob('../../topologies/*/positions.json', { import: 'default', eager: true }),
);

export const kinds: string | undefined = Object.values(
  import.meta.glob<string>('../../topologies/kinds.yaml', { query: '?raw', import: 'default', eager: true }),
)[0];

/** The experiments of this build. */
export const shippedExperiments: readonly ShippedExperiment[] = Object.entries(
  import.meta.glob<string>('../../topologies/experiments/*.yaml', { query: '?raw', import: 'default', eager: true }),
)
  .map(([path, text]) => {
    const id = path.slice(path.lastIndexOf('/') + 1).replace(/\.yaml$/, '');
    return { id, text, name: topLevelText(text, 'name') || id, about: topLevelText(text, 'about') };
  })
  .sort((a, b) => (a.name < b.name ? -1 : 1));
