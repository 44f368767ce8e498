import { formatInstant, read16, read32, type TraceRecord, toHex } from '../../core/index.ts';
import { type Simulation, weigh } from '../../core/simulation/index.ts';
import type { IpsecState } from '../../plugins/ipsec/state.ts';
import type { Seen } from './attacker.ts';
import { MARK } from './forgery.ts';
import { type HeldSa, KEYING } from './keying.ts';
import { GATEWAYS } from './places.ts';
import { Spent } from './spent.ts';
import type { Version, Weather } from './weather.ts';

/** What must hold in any weather. */

const SECOND = 1e9;
const ETHERNET = 14;
const UDP = 17;
const ESP = 50;
const AH = 51;
const NON_ESP_MARKER = 4;
/** Time to live of what a node sends itself. */
const OWN_HOPS = 64;
/** Nanoseconds by which a timer may be behind what it is about. */
const SLACK = 1000;

/** After the storm: established IKE SAs, half-open ones (of who cannot agree, and goes on trying), and Child SAs of a gateway, timers of the run. */
const MOST_IKE_SAS = 6;
const MOST_HALF_OPEN = 24;
const MOST_CHILDREN = 8;
/** Of AH around ESP there are two each. */
const LAYERS = 2;
const MOST_TIMERS = 200;
/** Octets by which the state of a plugin may grow: for good, and in the storm. */
const MOST_GROWTH = 200_000;
const MOST_GROWTH_EVER = 2_000_000;
/** Looks between two weighings. */
/** Seconds that setting up an IKE SA may take: two requests, sent again as often as may be, and one more in another form. */
const MOST_SETTING_UP = 60;
/** Seconds that its delete may take, sent again as often as may be. */
const MOST_ENDING = 20;
const LOOKS_PER_WEIGHING = 40;
/** Replies to the last probe, of 20 each way. */
const FEWEST_REPLIES = 15;
/** IKE messages that a gateway sends from the probe on: who sends more has not come to rest. */
const MOST_MESSAGES = 250;
/** Seconds that this is for. */
const PROBE = 25;

export class Watch {
  readonly findings: string[] = [];
  readonly #weather: Weather;
  readonly #simulation: Simulation;
  readonly #mark = toHex(new TextEncoder().encode(MARK));
  readonly #said = new Map<string, Set<string>>();
  readonly #vectors = new Map<string, string>();
  readonly #spent: Spent;
  /** By node and plugin: octets of its state at the start. */
  readonly #weights = new Map<string, number>();
  readonly #replies: Record<string, number> = {};
  readonly #lateMessages: Record<string, number> = {};
  #nextRecord = 1;
  #looks = 0;
  /** What was seen of the run: a storm in which nothing happens proves nothing. */
  readonly counts = { messages: 0, esp: 0, keys: 0, childSas: 0, replies: 0, forged: 0, moved: 0, heaviest: 0 };

  constructor(weather: Weather, simulation: Simulation) {
    this.#weather = weather;
    this.#simulation = simulation;
    this.#spent = new Spent(simulation, (what, time) => this.#find(what, time));
    for (const [name, octets] of this.#weigh()) this.#weights.set(name, octets);
  }

  /** Looks at what happened since the last look; frames that were on the wire between the gateways go to `see`. */
  look(see: (frame: Seen) => void): void {
    const { trace } = this.#simulation;
    if (trace === undefined) return;
    if (trace.first > this.#nextRecord) this.#find('the trace has lost records that nobody looked at');
    this.counts.keys = this.#spent.lookAtKeys();
    for (; this.#nextRecord < trace.next; this.#nextRecord++) {
      const record = trace.record(this.#nextRecord);
      if (record !== undefined) this.#record(record, see);
    }
    if (this.#looks++ % LOOKS_PER_WEIGHING === 0) this.#lookAtWeights(MOST_GROWTH_EVER, 'in the storm');
    for (const node of GATEWAYS) this.#lookAtNode(node);
  }

  /** What must hold when the storm has been over for longer than anything may last. */
  end(): void {
    const { run } = this.#simulation;
    const mostChildren = MOST_CHILDREN * (this.#weather.kind === 'ah-esp' ? LAYERS : 1);
    const timers = run.timers.length - run.freeTimers.length;
    if (timers > MOST_TIMERS) this.#find(`${timers} timers run after the storm`);
    for (const node of GATEWAYS) {
      const sas = this.#sas(node);
      const { children, waiting, reservedSpis } = this.#stateOf(node, 'ipsec') as IpsecState;
      const established = sas.filter((sa) => sa.established).length;
      if (established > MOST_IKE_SAS) this.#find(`${node} has ${established} IKE SAs after the storm`);
      const half = sas.length - established;
      if (half > MOST_HALF_OPEN) this.#find(`${node} has ${half} half-open IKE SAs after the storm`);
      if (children.size > mostChildren) this.#find(`${node} has ${children.size} Child SAs after the storm`);
      if (reservedSpis.length > mostChildren) this.#find(`${node} holds ${reservedSpis.length} SPIs after the storm`);
      if (this.#weather.agrees && waiting.length > 1) this.#find(`${node}: packets wait for ${waiting.length} traps`);
    }
    this.#lookAtWeights(MOST_GROWTH, 'after it');
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
    if (record.code?.endsWith('.peer-moved') === true) this.counts.moved++;
    if (record.code === 'core.frame-entered') this.counts.forged++;
    if (record.kind !== 'transmit' || record.bytes === undefined) return;
    const { wires } = this.#weather;
    const wire = wires.findIndex(({ end }) => record.link?.startsWith(end) === true);
    if (wire < 0) {
      if (toHex(record.bytes).includes(this.#mark)) this.#find('a forged packet in clear got behind a gateway');
      return;
    }
    const outward = record.node === wires[wire]?.node;
    see({ wire, outward, bytes: record.bytes });
    if (GATEWAYS.some((gateway) => gateway === record.node)) this.#sent(record, record.bytes);
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
    // A gateway is a router as well: a packet that was not its own (a forgery that names somebody else) has lost one of its hops.
    if (frame[ETHERNET + 8] !== OWN_HOPS) return;
    if (protocol === ESP || protocol === AH) this.#sentSealed(node, time, protocol, frame.subarray(payload, end));
    if (protocol !== UDP) return;
    const port = read16(frame, payload);
    const body = payload + 8;
    if (port === 500) this.#sentIke(node, time, frame.subarray(body, end));
    else if (port === 4500 && end - body > NON_ESP_MARKER) {
      if (read32(frame, body) === 0) this.#sentIke(node, time, frame.subarray(body + NON_ESP_MARKER, end));
      else this.#sentSealed(node, time, ESP, frame.subarray(body, end));
    }
  }

  #sentSealed(node: string, time: number, protocol: number, sealed: Uint8Array): void {
    this.counts.esp++;
    if (protocol === ESP) this.#spent.sentEsp(node, time, sealed);
    else this.#spent.sentAh(node, time, sealed);
  }

  #sentIke(node: string, time: number, message: Uint8Array): void {
    this.counts.messages++;
    if (time >= this.#weather.probe * SECOND) {
      const count = (this.#lateMessages[node] ?? 0) + 1;
      this.#lateMessages[node] = count;
      const most = Math.round((MOST_MESSAGES * (this.#weather.end - this.#weather.probe)) / PROBE);
      if (count === most) this.#find(`${node} never comes to rest: ${count} IKE messages in the calm`, time);
    }
    const keying = KEYING[((message[17] as number) >> 4) as Version];
    if (keying === undefined) {
      this.#find(`${node} speaks version ${(message[17] as number) >> 4}`, time);
      return;
    }
    const text = toHex(message);
    const once = keying.once(message);
    if (once !== undefined) {
      const forms = this.#said.get(`${node} ${once.under}`) ?? new Set();
      forms.add(text);
      this.#said.set(`${node} ${once.under}`, forms);
      if (forms.size > once.most) this.#find(`${node}: one message was sent in two forms (${once.under})`, time);
    }
    const vector = keying.vector(message);
    if (vector === undefined) return;
    const before = this.#vectors.get(`${node} ${vector}`);
    if (before !== undefined && before !== text) {
      this.#find(`${node}: one initialization vector sealed two messages (${vector})`, time);
    }
    this.#vectors.set(`${node} ${vector}`, text);
  }

  #lookAtNode(node: string): void {
    const { now } = this.#simulation;
    const life = this.#weather.lifetimes[node];
    if (life === undefined) return;
    for (const sa of this.#sas(node)) {
      const seconds = (sa.established ? life.ike : MOST_SETTING_UP) + (sa.ending ? MOST_ENDING : 0);
      if (now - sa.since > seconds * SECOND + SLACK) this.#find(`${node}: IKE SA ${sa.name} outlives ${seconds} s`);
    }
    for (const { id, installedAt } of this.#children(node)) {
      this.counts.childSas = Math.max(this.counts.childSas, id);
      if (now - installedAt > life.child * SECOND + SLACK) {
        this.#find(`${node}: Child SA {${id}} outlives its ${life.child} s`);
      }
    }
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

  /** Of every plugin on every node: tables of switches and hosts can grow as well. */
  #weigh(): Map<string, number> {
    const weights = new Map<string, number>();
    const { wiring, run } = this.#simulation;
    for (const { name: node, instances } of wiring.nodes) {
      for (const { index, plugin } of instances) weights.set(`${plugin.name} on ${node}`, weigh(run.states[index]));
    }
    return weights;
  }

  #lookAtWeights(most: number, when: string): void {
    for (const [name, octets] of this.#weigh()) {
      const grown = octets - (this.#weights.get(name) ?? 0);
      this.counts.heaviest = Math.max(this.counts.heaviest, grown);
      if (grown > most) this.#find(`the state of ${name} has grown by ${grown} octets ${when}`);
    }
  }

  #sas(node: string): readonly HeldSa[] {
    return Object.values(KEYING).flatMap(({ plugin, sas }) => sas(this.#stateOf(node, plugin)));
  }

  #find(what: string, time: number = this.#simulation.now): void {
    const text = `${formatInstant(time)} ${what}`;
    // The same again and again says nothing new.
    if (this.findings.length < 20 && !this.findings.some((one) => one.endsWith(what))) this.findings.push(text);
  }
}
