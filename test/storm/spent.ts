import { type PlainValues, read32, toHex } from '../../core/index.ts';
import type { Simulation } from '../../core/simulation/index.ts';
import { AH_KEY_LOG } from '../../plugins/ah/key-log.ts';
import { ESP_KEY_LOG } from '../../plugins/esp/key-log.ts';
import { KEYING, type LoggedKey, logged } from './keying.ts';

/** What keys were used for: no octets serve two SAs, no SA is installed twice, nothing is sealed twice under one number or vector. */

/** Octets of the initialization vector by IANA number of the transform; others have none (RFC 3602, 2451, 2405, 3686, 4106, 7634). */
const VECTOR_OCTETS: Readonly<Record<number, number>> = { 2: 8, 3: 8, 12: 16, 13: 8, 18: 8, 19: 8, 20: 8, 28: 8 };
const PACKET_SA: Readonly<Record<string, string>> = { [ESP_KEY_LOG]: 'esp', [AH_KEY_LOG]: 'ah' };
const ESP_HEADER = 8;

/** How an SA's packets are told apart. */
interface OutboundSa {
  readonly key: string;
  readonly vector: number;
}

export class Spent {
  readonly #simulation: Simulation;
  readonly #find: (what: string, time?: number) => void;
  /** What octets are for. */
  readonly #keys = new Map<string, string>();
  readonly #installed = new Set<string>();
  readonly #outbound = new Map<string, OutboundSa>();
  readonly #sealed = new Set<string>();
  #next = 0;
  #count = 0;

  constructor(simulation: Simulation, find: (what: string, time?: number) => void) {
    this.#simulation = simulation;
    this.#find = find;
  }

  /** Looks at the keys that came since the last look; how many there were in all. */
  lookAtKeys(): number {
    const { keyLog } = this.#simulation.run;
    for (; this.#next < keyLog.length; this.#next++) {
      const line = keyLog[this.#next];
      if (line === undefined) continue;
      const protocol = PACKET_SA[line.format];
      if (protocol !== undefined) this.#packetSa(protocol, line.entry, line.time);
      for (const { use, key } of keysOf(line.format, line.entry)) {
        this.#count++;
        const text = toHex(key);
        const before = this.#keys.get(text);
        if (before !== undefined && before !== use) this.#find(`one key serves ${before} and ${use}`, line.time);
        this.#keys.set(text, use);
      }
    }
    return this.#count;
  }

  /** `sealed` begins with the ESP header. */
  sentEsp(node: string, time: number, sealed: Uint8Array): void {
    const spi = read32(sealed, 0);
    this.#number(`${node} esp ${spi} ${read32(sealed, 4)}`, 'ESP', time);
    const sa = this.#outbound.get(`${node} esp ${spi}`);
    if (sa === undefined) this.#find(`${node} seals by an SA that has no keys in the log: esp ${spi}`, time);
    else if (sa.vector > 0) {
      const vector = `${sa.key} ${toHex(sealed.subarray(ESP_HEADER, ESP_HEADER + sa.vector))}`;
      if (this.#sealed.has(vector)) this.#find(`${node}: one key and vector sealed two ESP packets`, time);
      this.#sealed.add(vector);
    }
  }

  /** `sealed` begins with the AH header. */
  sentAh(node: string, time: number, sealed: Uint8Array): void {
    this.#number(`${node} ah ${read32(sealed, 4)} ${read32(sealed, 8)}`, 'AH', time);
  }

  #number(key: string, what: string, time: number): void {
    if (this.#sealed.has(key))
      this.#find(`${key.split(' ')[0]} sealed two ${what} packets with one number (${key})`, time);
    this.#sealed.add(key);
  }

  /** An SA of a direction of a node is there once, and so is its SPI: a second one of the same keys would begin its numbers anew. */
  #packetSa(protocol: string, entry: PlainValues, time: number): void {
    const [node = '', direction = ''] = String(entry.label).split(' ');
    const name = `${node} ${direction} ${protocol} ${entry.spi}`;
    if (this.#installed.has(name)) this.#find(`an SA was installed twice: ${name}`, time);
    this.#installed.add(name);
    if (direction !== 'out' || protocol !== 'esp') return;
    const key = entry.encryptionKey instanceof Uint8Array ? toHex(entry.encryptionKey) : '';
    this.#outbound.set(`${node} esp ${entry.spi}`, { key, vector: VECTOR_OCTETS[Number(entry.encryption)] ?? 0 });
  }
}

function keysOf(format: string, entry: PlainValues): readonly LoggedKey[] {
  const protocol = PACKET_SA[format];
  // Both ends have it, and a translator in between gives them different addresses.
  if (protocol !== undefined) return logged(entry, `${protocol} ${entry.spi}`, ['encryptionKey', 'integrityKey']);
  return Object.values(KEYING).flatMap(({ keys }) => keys[format]?.(entry) ?? []);
}
