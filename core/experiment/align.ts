import type { TraceRecord } from '../trace/index.ts';

/** Records of one run that are read for an alignment. */
export const MOST_ALIGNED = 2_000_000;

/** A run's records in their order, each read once. */
export type RecordSource = Iterable<TraceRecord>;

export interface AlignOptions {
  /**
   * Contents count: the octets of frames and the values of notes. Off for runs with different luck, whose contents differ everywhere: then what
   * happened counts, where, and what came of what.
   */
  readonly contents: boolean;
}

export interface Alignment {
  /** Records that both runs have. */
  readonly alike: number;
  /** Records that both have in the same place with other contents. */
  readonly differ: number;
  /** Records that have no place in the other run. */
  readonly onlyA: number;
  readonly onlyB: number;
  /** The first record that the other run does not have, or has with other contents. */
  readonly firstA?: number;
  readonly firstB?: number;
  /** The record of the other run that stands in the same place, what it holds aside. */
  readonly partnerOf: (side: 'a' | 'b', record: number) => number | undefined;
}

interface Keyed {
  /** Place in the tree of causes, contents counted where they are to be. */
  readonly key: string;
  /** The same without contents. */
  readonly place: string;
  readonly record: TraceRecord;
}

/**
 * Aligns two runs record by record. What a record is, is where and by whom it was made, and what caused it, back to the start of the run; numbers
 * of records and packets and the order in which unrelated things happened do not matter. So one packet more on one side shifts nothing.
 * Timers and keys are followed as causes but are no difference by themselves.
 */
export function alignRuns(a: RecordSource, b: RecordSource, { contents }: AlignOptions): Alignment {
  const [one, other] = [keyed(a, contents), keyed(b, contents)];
  const inA = new Set(one.map(({ key }) => key));
  const inB = new Set(other.map(({ key }) => key));
  const unmatchedA = one.filter(({ key, record }) => counts(record) && !inB.has(key));
  const unmatchedB = other.filter(({ key, record }) => counts(record) && !inA.has(key));
  const [firstA, firstB] = [unmatchedA[0]?.record.number, unmatchedB[0]?.record.number];
  const placesA = new Map(one.map(({ place, record }) => [place, record.number]));
  const placesB = new Map(other.map(({ place, record }) => [place, record.number]));
  const placeOfA = new Map(one.map(({ place, record }) => [record.number, place]));
  const placeOfB = new Map(other.map(({ place, record }) => [record.number, place]));
  return {
    alike: one.filter(({ key, record }) => counts(record) && inB.has(key)).length,
    differ: unmatchedA.filter(({ place }) => placesB.has(place)).length,
    onlyA: unmatchedA.filter(({ place }) => !placesB.has(place)).length,
    onlyB: unmatchedB.filter(({ place }) => !placesA.has(place)).length,
    ...(firstA === undefined ? {} : { firstA }),
    ...(firstB === undefined ? {} : { firstB }),
    partnerOf: (side, record) =>
      side === 'a' ? placesB.get(placeOfA.get(record) ?? '') : placesA.get(placeOfB.get(record) ?? ''),
  };
}

/** What people see: timers and keys are means. */
function counts({ kind }: TraceRecord): boolean {
  return kind !== 'timer' && kind !== 'key' && kind !== 'derive' && kind !== 'hold';
}

function keyed(source: RecordSource, contents: boolean): Keyed[] {
  const list: Keyed[] = [];
  const keys = new Map<number, { readonly key: string; readonly place: string }>();
  const times = new Map<string, number>();
  /** The same thing that happened twice for one cause is told apart by its turn. */
  const turn = (key: string): string => {
    const before = times.get(key) ?? 0;
    times.set(key, before + 1);
    return before === 0 ? key : `${key}#${before}`;
  };
  for (const record of source) {
    if (list.length >= MOST_ALIGNED) throw new RangeError(`a run of more than ${MOST_ALIGNED} records is not compared`);
    const cause = keys.get(record.cause);
    const { kind, node, plugin, code = '', link = '', interface: face = '' } = record;
    const what = `${kind}/${node}/${plugin}/${code}/${link}/${face}`;
    const place = turn(`p${hashed(what, cause?.place ?? '')}`);
    const key = contents ? turn(`k${hashed(`${what}/${contentOf(record)}`, cause?.key ?? '')}`) : place;
    keys.set(record.number, { key, place });
    list.push({ key, place, record });
  }
  return list;
}

/** Names of values that only count packets and records. */
const NUMBERS: ReadonlySet<string> = new Set(['from', 'packet', 'record', 'parent']);

function contentOf({ bytes, values, kind }: TraceRecord): string {
  if (bytes !== undefined) return hashed(bytes, '');
  if (values === undefined || kind === 'derive') return '';
  return JSON.stringify(values, (name, value: unknown) =>
    NUMBERS.has(name) && typeof value === 'number' ? undefined : value instanceof Uint8Array ? [...value] : value,
  );
}

/** 64 bits of FNV-1a in two halves: enough that two of a run's records do not meet by chance. */
function hashed(content: string | Uint8Array, before: string): string {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  const mix = (unit: number): void => {
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit ^ (low >>> 15), 0x85ebca6b);
  };
  for (let at = 0; at < before.length; at++) mix(before.charCodeAt(at));
  if (typeof content === 'string') for (let at = 0; at < content.length; at++) mix(content.charCodeAt(at));
  else for (const octet of content) mix(octet);
  return `${(low >>> 0).toString(36)}.${(high >>> 0).toString(36)}`;
}
