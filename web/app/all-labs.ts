import { collectLabs } from '../model/labs.ts';

/** The labs of this build, bundled as text apart from the first view. */
export const shippedLabs = collectLabs(
  import.meta.glob<string>('../../topologies/*/topology.yaml', { query: '?raw', import: 'default', eager: true }),
  import.meta.glob('../../topologies/*/positions.json', { import: 'default', eager: true }),
);
