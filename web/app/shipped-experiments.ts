import type { ShippedExperiment } from '../model/experimenting.ts';
import { topLevelText } from '../model/labs.ts';

/** The experiments of this build, bundled as text apart from the first view. */
export const shippedExperiments: readonly ShippedExperiment[] = Object.entries(
  import.meta.glob<string>('../../topologies/experiments/*.yaml', { query: '?raw', import: 'default', eager: true }),
)
  .map(([path, text]) => {
    const id = path.slice(path.lastIndexOf('/') + 1).replace(/\.yaml$/, '');
    return { id, text, name: topLevelText(text, 'name') || id, about: topLevelText(text, 'about') };
  })
  .sort((a, b) => (a.name < b.name ? -1 : 1));
