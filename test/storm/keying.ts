import { type PlainValues, read32, toHex } from '../../core/index.ts';
import { IKEV1_KEY_LOG } from '../../plugins/ikev1/key-log.ts';
import type { Ikev1State } from '../../plugins/ikev1/state.ts';
import { IKE_KEY_LOG } from '../../plugins/ikev2/key-log.ts';
import type { Ikev2State } from '../../plugins/ikev2/state.ts';
import type { Version } from './weather.ts';

/** What the storm must know of each version of IKE to judge it. */
export interface Keying {
  readonly plugin: string;
  /** The IKE SAs that a node has, as its state holds them. */
  sas(state: unknown): readonly HeldSa[];
  /**
   * What a message may be said only once under: its SA, number and direction; and how many there may be at most, where it is not one. The same
   * octets again are a retransmission. `undefined`: nothing is promised of it.
   */
  once(message: Uint8Array): { readonly under: string; readonly most: number } | undefined;
  /** The initialization vector of a sealed message, with the SA that it is used under; `undefined` where it is not its own choice. */
  vector(message: Uint8Array): string | undefined;
  /** Keys of entries of the key log: what they are for, and the octets. */
  readonly keys: Readonly<Record<string, (entry: PlainValues) => readonly LoggedKey[]>>;
}

export interface HeldSa {
  readonly name: string;
  /** Nanoseconds: when it was established, else when it was begun. */
  readonly since: number;
  readonly established: boolean;
  /** A delete of it is under way. */
  readonly ending: boolean;
}

export interface LoggedKey {
  /** The SA and what in it the key is for. */
  readonly use: string;
  readonly key: Uint8Array;
}

const octets = (entry: PlainValues, name: string): Uint8Array => {
  const value = entry[name];
  return value instanceof Uint8Array ? value : new Uint8Array(0);
};

/** Null encryption and combined ciphers have keys of no octets. */
export function logged(entry: PlainValues, sa: string, names: readonly string[]): LoggedKey[] {
  return names.map((name) => ({ use: `${sa} ${name}`, key: octets(entry, name) })).filter(({ key }) => key.length > 0);
}

const ENCRYPTED = 46;

const ikev2: Keying = {
  plugin: 'ikev2',
  sas: (state) =>
    [...(state as Ikev2State).sas.values()].map((sa) => ({
      name: `${toHex(sa.spis.initiator)} (${sa.state})`,
      since: 'establishedAt' in sa ? sa.establishedAt : sa.createdAt,
      established: 'establishedAt' in sa,
      ending: sa.state === 'deleting',
    })),
  once: (message) => {
    // In the clear, a first message may come again in another form (with a cookie, another group), and what is said of an SA that is no more.
    if (message[16] !== ENCRYPTED) return undefined;
    return {
      under: `${toHex(message.subarray(0, 16))} ${(message[19] as number) & 0x28} ${read32(message, 20)}`,
      most: 1,
    };
  },
  vector: (message) => {
    if (message[16] !== ENCRYPTED || message.length < 40) return undefined;
    return `${toHex(message.subarray(0, 16))} ${(message[19] as number) & 0x08} ${toHex(message.subarray(32, 40))}`;
  },
  keys: {
    [IKE_KEY_LOG]: (entry) =>
      logged(entry, `ike ${toHex(octets(entry, 'spiI'))} ${toHex(octets(entry, 'spiR'))}`, ['ei', 'er', 'ai', 'ar']),
  },
};

const QUICK_MODE = 32;
const ENCRYPTION_FLAG = 1;

const ikev1: Keying = {
  plugin: 'ikev1',
  sas: (state) =>
    [...(state as Ikev1State).sas.values()].map((sa) => ({
      name: `${toHex(sa.cookies.initiator)} (${sa.state})`,
      since: 'establishedAt' in sa ? sa.establishedAt : sa.createdAt,
      established: 'establishedAt' in sa,
      ending: false,
    })),
  once: (message) => {
    // Phase 1 has one sealed message a side, an Informational exchange one; of Quick Mode the initiator seals two under one number.
    if (((message[19] as number) & ENCRYPTION_FLAG) === 0) return undefined;
    const under = `${toHex(message.subarray(0, 16))} ${message[18]} ${read32(message, 20)}`;
    return { under, most: message[18] === QUICK_MODE ? 2 : 1 };
  },
  // It follows from what was said before (RFC 2409 App. B): nobody chooses it.
  vector: () => undefined,
  keys: {
    [IKEV1_KEY_LOG]: (entry) =>
      logged(entry, `ike ${toHex(octets(entry, 'cookieI'))} ${toHex(octets(entry, 'cookieR'))}`, ['key']),
  },
};

export const KEYING: Readonly<Record<Version, Keying>> = { 1: ikev1, 2: ikev2 };
