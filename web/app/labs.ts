import { collectLabs } from '../model/labs.ts';

/** The labs of this build and the kinds that they are made of, bundled as text. */
export const shippedLabs = collectLabs(
  import.meta.glob<string>('../../topologies/*/topology.yaml', { query: '?raw', import: 'default', eager: true }),
  import.meta.glob('../../topologies/*/positions.json', { import: 'default', eager: true }),
);

export const kinds: string | undefined = Object.values(
  import.meta.glob<string>('../../topologies/kinds.yaml', { query: '?raw', import: 'default', eager: true }),
)[0];
