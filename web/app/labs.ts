import { collectLabs, FIRST_LAB, type ShippedLab } from '../model/labs.ts';

/** One file a lab: the first view fetches the lab that it shows. All of them together are another file, in `all-labs.ts`. */
const texts = import.meta.glob<string>('../../topologies/*/topology.yaml', { query: '?raw&one', import: 'default' });
const positions = import.meta.glob('../../topologies/*/positions.json', { import: 'default' });

/** The shipped lab of this name, or the one that opens where none is asked for. */
export async function loadLab(id: string | undefined): Promise<ShippedLab | undefined> {
  const asked = placeOf(id ?? FIRST_LAB);
  const place = texts[`${asked}/topology.yaml`] === undefined ? placeOf(FIRST_LAB) : asked;
  const [text, beside] = await Promise.all([
    texts[`${place}/topology.yaml`]?.(),
    positions[`${place}/positions.json`]?.(),
  ]);
  if (text === undefined) return undefined;
  return collectLabs(
    { [`${place}/topology.yaml`]: text },
    beside === undefined ? {} : { [`${place}/positions.json`]: beside },
  )[0];
}

const placeOf = (id: string) => `../../topologies/${id}`;

/** The kinds that labs are made of. */
export const kinds: string | undefined = Object.values(
  import.meta.glob<string>('../../topologies/kinds.yaml', { query: '?raw', import: 'default', eager: true }),
)[0];
