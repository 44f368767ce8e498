import { formatInstant, read16, read32, type TraceRecord, toHex } from '../../core/index.ts';
import { type Simulation, weigh } from '../../core/simulation/index.ts';
import type { IpsecState } from '../../plugins/ipsec/state.ts';
import { MARK, type Seen } from './attacker.ts';
import { KEYING, type Keying } from './keying.ts';
import { GATEWAYS, type Weather } from './weather.ts';

/** What must hold in any weather. */

const SECOND = 1e9;
const ETHERNET = 14;
const UDP = 17;
const ESP = 50;
const NON_ESP_MARKER = 4;
/** Nanoseconds by which a timer may be behind what it is about. */
const SLACK = 1000;

/** After the storm: IKE SAs and Child SAs of a gateway, timers and events of the run, octets of a gateway's state. */
const MOST_IKE_SAS = 6;
const MOST_CHILDREN = 8;
const MOST_TIMERS = 200;
const MOST_OCTETS = 400_000;
/** At any time, octets of a gateway's state. */
const MOST_OCTETS_EVER = 4_000_000;
const LOOKS_PER_WEIGHING = 20;
/** Replies to the last probe, of 20 each way. */
const FEWEST_REPLIES = 15;
/** IKE messages that a gateway sends from the probe on: who sends more has not come to rest. */
const MOST_MESSAGES = 250;

export class Watch {
  readonly findings: string[] = [];
  readonly #weather: Weather;
  readonly #simulation: Simulation;
  readonly #keying: Keying;
  readonly #mark = toHex(new TextEncoder().encode(MARK));
  readonly #said = new Map<string, string>();
  readonly #vectors = new Map<string, string>();
  readonly #sealed = new Set<string>();
  readonly #keys = new Map<string, string>();
  readonly #replies: Record<string, number> = {};
  readonly #lateMessages: Record<string, number> = {};
  #nextRecord = 1;
  #nextKey = 0;
  #looks = 0;
  /** What was seen of the run: a storm in which nothing happens proves nothing. */
  readonly counts = { messages: 0, esp: 0, keys: 0, childSas: 0, replies: 0, forged: 0 };

  constructor(weather: Weather, simulation: Simulation) {
    this.#weather = weather;
    this.#simulation = simulation;
    this.#keying = KEYING[weather.version];
  }

  /** Looks at what happened since the last look; frames that were on the wire between the gateways go to `see`. */
  look(see: (frame: Seen) => void): void {
    const { trace } = this.#simulation;
    if (trace === undefined) return;
    if (trace.first > this.#nextRecord) this.#find('the trace has lost records that nobody looked at');
    for (; this.#nextRecord < trace.next; this.#nextRecord++) {
      const record = trace.record(this.#nextRecord);
      if (record !== undefined) this.#record(record, see);
    }
    this.#lookAtKeys();
    for (const node of GATEWAYS) this.#lookAtNode(node);
  }

  /** What must hold when the storm has been over for longer than anything may last. */
  end(): void {
    const { run } = this.#simulation;
    const timers = run.timers.length - run.freeTimers.length;
    if (timers > MOST_TIMERS) this.#find(`${timers} timers run after the storm`);
    for (const node of GATEWAYS) {
      const sas = this.#keying.sas(this.#stateOf(node, this.#keying.plugin));
      const { children, waiting, reservedSpis } = this.#stateOf(node, 'ipsec') as IpsecState;
      if (sas.length > MOST_IKE_SAS) this.#find(`${node} has ${sas.length} IKE SAs after the storm`);
      if (children.size > MOST_CHILDREN) this.#find(`${node} has ${children.size} Child SAs after the storm`);
      if (reservedSpis.length > MOST_CHILDREN) this.#find(`${node} holds ${reservedSpis.length} SPIs after the storm`);
      if (this.#weather.agrees && waiting.length > 1) this.#find(`${node}: packets wait for ${waiting.length} traps`);
      const octets = this.#weightOf(node);
      if (octets > MOST_OCTETS) this.#find(`the state of ${node} is ${octets} octets after the storm`);
    }
    this.#lookAtOneSided();
    for (const asker of ['alice', 'bob']) {
      const replies = this.#replies[asker] ?? 0;
      if (this.#weather.agrees && replies < FEWEST_REPLIES) {
        this.#find(`${asker} got ${replies} of 20 replies long after the storm`);
      }
      if (!this.#weather.agrees && replies > 0) this.#find(`${asker} got replies though the gateways cannot agree`);
    }
  }

  #record(record: TraceRecord, see: (frame: Seen) => void): void {
    if (record.code === 'core.left-in-hand') this.#find(`a packet was left in hand: ${JSON.stringify(record.values)}`);
    if (record.code === 'ping.reply' && record.time >= this.#weather.probe * SECOND) {
      this.#replies[record.node] = (this.#replies[record.node] ?? 0) + 1;
    }
    if (record.code === 'ping.reply') this.counts.replies++;
    if (record.code === 'core.frame-entered') this.counts.forged++;
    if (record.kind !== 'transmit' || record.bytes === undefined) return;
    const wire = GATEWAYS.findIndex((gateway) => record.link?.startsWith(`${gateway}:wan`) === true);
    if (wire < 0) {
      if (toHex(record.bytes).includes(this.#mark)) this.#find('a forged packet in clear got behind a gateway');
      return;
    }
    const fromGateway = record.node === GATEWAYS[wire];
    see({ link: wire, fromGateway, bytes: record.bytes });
    if (fromGateway) this.#sent(record, record.bytes);
  }

  /** What a gateway put on the wire. */
  #sent({ time, node }: TraceRecord, frame: Uint8Array): void {
    if (read16(frame, 12) !== 0x0800) return;
    const protocol = frame[ETHERNET + 9] as number;
    if (frame[ETHERNET + 12] === 10 || frame[ETHERNET + 16] === 10) {
      this.#find(`${node} sent a packet of the protected networks in clear, protocol ${protocol}`, time);
    }
    const payload = ETHERNET + ((frame[ETHERNET] as number) & 15) * 4;
    const end = ETHERNET + read16(frame, ETHERNET + 2);
    // Of a fragment only the first has the header.
    if ((read16(frame, ETHERNET + 6) & 0x1fff) !== 0) return;
    if (protocol === ESP) this.#sentEsp(node, time, frame, payload);
    if (protocol !== UDP) return;
    const port = read16(frame, payload);
    const body = payload + 8;
    if (port === 500) this.#sentIke(node, time, frame.subarray(body, end));
    else if (port === 4500 && end - body > NON_ESP_MARKER) {
      if (read32(frame, body) === 0) this.#sentIke(node, time, frame.subarray(body + NON_ESP_MARKER, end));
      else this.#sentEsp(node, time, frame, body);
    }
  }

  #sentEsp(node: string, time: number, frame: Uint8Array, at: number): void {
    this.counts.esp++;
    const key = `${node} ${read32(frame, at)} ${read32(frame, at + 4)}`;
    if (this.#sealed.has(key)) this.#find(`${node} sealed two ESP packets with one number (SPI, number: ${key})`, time);
    this.#sealed.add(key);
  }

  #sentIke(node: string, time: number, message: Uint8Array): void {
    this.counts.messages++;
    if (time >= this.#weather.probe * SECOND) {
      const count = (this.#lateMessages[node] ?? 0) + 1;
      this.#lateMessages[node] = count;
      if (count === MOST_MESSAGES) this.#find(`${node} never comes to rest: ${count} IKE messages in the calm`, time);
    }
    const text = toHex(message);
    const tell = (known: Map<string, string>, key: string | undefined, what: string): void => {
      if (key === undefined) return;
      const before = known.get(`${node} ${key}`);
      if (before !== undefined && before !== text) this.#find(`${node}: ${what} (${key})`, time);
      known.set(`${node} ${key}`, text);
    };
    tell(this.#said, this.#keying.once(message), 'one message was sent in two forms');
    tell(this.#vectors, this.#keying.vector(message), 'one initialization vector sealed two messages');
  }

  #lookAtKeys(): void {
    const { keyLog } = this.#simulation.run;
    for (; this.#nextKey < keyLog.length; this.#nextKey++) {
      const entry = keyLog[this.#nextKey];
      for (const { use, key } of entry === undefined ? [] : (this.#keying.keys[entry.format]?.(entry.entry) ?? [])) {
        this.counts.keys++;
        const text = toHex(key);
        const before = this.#keys.get(text);
        if (before !== undefined && before !== use) this.#find(`one key serves ${before} and ${use}`, entry?.time);
        this.#keys.set(text, use);
      }
    }
  }

  #lookAtNode(node: string): void {
    const { now } = this.#simulation;
    const life = this.#weather.lifetimes[node];
    if (life === undefined) return;
    for (const sa of this.#keying.sas(this.#stateOf(node, this.#keying.plugin))) {
      if (now - sa.created > life.ike * SECOND + SLACK) this.#find(`${node}: IKE SA ${sa.name} outlives ${life.ike} s`);
    }
    for (const { id, installedAt } of this.#children(node)) {
      this.counts.childSas = Math.max(this.counts.childSas, id);
      if (now - installedAt > life.child * SECOND + SLACK) {
        this.#find(`${node}: Child SA {${id}} outlives its ${life.child} s`);
      }
    }
    if (this.#looks++ % LOOKS_PER_WEIGHING > 1) return;
    const octets = this.#weightOf(node);
    if (octets > MOST_OCTETS_EVER) this.#find(`the state of ${node} has grown to ${octets} octets`);
  }

  /** An SA that only one side has is older than any message that could still change that. */
  #lookAtOneSided(): void {
    const { now } = this.#simulation;
    for (const [at, node] of GATEWAYS.entries()) {
      const peers = new Set(this.#children(GATEWAYS[1 - at] as string).map(({ inbound }) => inbound.spi));
      for (const { id, installedAt, outbound } of this.#children(node)) {
        const age = now - installedAt;
        const limit = Math.max(...Object.values(this.#weather.lifetimes).map(({ child }) => child)) * SECOND;
        if (age > limit && !peers.has(outbound.spi)) this.#find(`${node}: Child SA {${id}} is on one side alone`);
      }
    }
  }

  #children(node: string): IpsecState['children'] extends Map<number, infer Child> ? Child[] : never {
    return [...(this.#stateOf(node, 'ipsec') as IpsecState).children.values()];
  }

  #stateOf(node: string, plugin: string): unknown {
    const { wiring, run } = this.#simulation;
    return run.states[wiring.nodeByName.get(node)?.providers.get(plugin)?.index ?? -1];
  }

  #weightOf(node: string): number {
    return weigh([this.#stateOf(node, this.#keying.plugin), this.#stateOf(node, 'ipsec')]);
  }

  #find(what: string, time: number = this.#simulation.now): void {
    const text = `${formatInstant(time)} ${what}`;
    // The same again and again says nothing new.
    if (this.findings.length < 20 && !this.findings.some((one) => one.endsWith(what))) this.findings.push(text);
  }
}
