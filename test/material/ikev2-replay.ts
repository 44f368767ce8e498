import { concatBytes, read32, toHex } from '../../core/index.ts';
import type { CryptoProvider } from '../../plugins/crypto/contract.ts';
import { type SignedOctets, sharedKeyAuth, signedOctets } from '../../plugins/ikev2/auth.ts';
import { askedSelectors } from '../../plugins/ikev2/exchanges/child-offer.ts';
import { type Substituted, substituted } from '../../plugins/ikev2/exchanges/child-transport.ts';
import { childKeys, type IkeKeys, ikeKeys, type Nonces, rekeySkeyseed, skeyseed } from '../../plugins/ikev2/keys.ts';
import {
  findPayload,
  type Message,
  type Payload,
  type PayloadOf,
  readMessage,
  readPayloads,
  writeMessage,
  writePayloads,
} from '../../plugins/ikev2/message.ts';
import { NOTIFY, notifyName } from '../../plugins/ikev2/names/notify-types.ts';
import type { Proposal as ProposalOnWire } from '../../plugins/ikev2/payloads/security-association.ts';
import { proposalFromWire } from '../../plugins/ikev2/proposals.ts';
import { openPayload, sealMessage } from '../../plugins/ikev2/sk.ts';
import { type Suite, suiteOf } from '../../plugins/ikev2/suite.ts';
import {
  encryptionOf,
  formatSelectors,
  integrityOf,
  TRANSFORM,
  type TrafficSelector,
  transformOf,
} from '../../plugins/ipsec/contract.ts';
import { addressText } from '../../plugins/isakmp/contract.ts';
import { hashedOctets } from '../../plugins/nat-t/detection.ts';
import {
  addressHex,
  octets,
  type RecordedIkeSa,
  type RecordedMessage,
  type Recording,
  SHORT_NOTIFY,
} from './ikev2-recording.ts';

/** What was compared and what was not, and why; `wrong` holds what differed. */
export interface Tally {
  compared: Record<string, number>;
  exempted: Record<string, number>;
  wrong: string[];
}

export function emptyTally(): Tally {
  return { compared: {}, exempted: {}, wrong: [] };
}

/** One IKE SA as far as the recording has been replayed. */
interface Replayed {
  readonly recorded: RecordedIkeSa;
  readonly suite: Suite;
  readonly keys: IkeKeys;
  readonly nonces: Nonces;
  /** The IKE_SA_INIT messages that the two sides sign. */
  readonly init: Readonly<Record<'left' | 'right', Uint8Array>> | undefined;
  /** The bodies of the ID payloads of each side. */
  readonly ids: Partial<Record<'left' | 'right', PayloadOf<'IDi'> | PayloadOf<'IDr'>>>;
  idBytes: Partial<Record<'left' | 'right', Uint8Array>>;
  /** Requests that wait for their response, by sender and message ID. */
  readonly requests: Map<string, readonly Payload[]>;
  /** Fragments of messages, by sender, direction and message ID. */
  readonly fragments: Map<string, Uint8Array[]>;
}

/** Replays a recording: everything in it is decoded, recomputed, opened and sealed again. */
export class Replay {
  #asked: (Substituted & { readonly from: 'left' | 'right' }) | undefined;
  readonly tally: Tally;
  readonly #crypto: CryptoProvider;
  readonly #recording: Recording;
  readonly #sas = new Map<string, Replayed>();
  readonly #logged: Record<'left' | 'right', string[]>;
  /** IKE_SA_INIT requests by the initiator's SPI: the last one sent is the one that is signed. */
  readonly #requests = new Map<string, { readonly bytes: Uint8Array; readonly message: Message }>();

  constructor(crypto: CryptoProvider, recording: Recording, tally: Tally) {
    this.#crypto = crypto;
    this.#recording = recording;
    this.tally = tally;
    const { messages } = recording.says;
    const generated = (side: 'left' | 'right', other: 'left' | 'right'): string[] => {
      const own = messages[side].filter((line) => line.startsWith('generating '));
      const parsed = messages[other].filter((line) => line.startsWith('parsed '));
      return (own.length > 0 ? own : parsed).map((line) => line.replace(/^\w+ /, ''));
    };
    this.#logged = { left: generated('left', 'right'), right: generated('right', 'left') };
  }

  run(): void {
    for (const message of this.#recording.messages) {
      if (message.repeated) this.#exempt('messages that were sent again, octet for octet');
      else this.#message(message);
    }
    this.#loggedAuthentication();
  }

  #same(kind: string, mine: Uint8Array | string | number | undefined, recorded: Uint8Array | string | number): void {
    const text = (value: Uint8Array | string | number | undefined): string =>
      value instanceof Uint8Array ? toHex(value) : String(value);
    this.tally.compared[kind] = (this.tally.compared[kind] ?? 0) + 1;
    if (text(mine) !== text(recorded)) {
      this.tally.wrong.push(
        `${this.#recording.name}: ${kind}: ${text(mine).slice(0, 120)} is not ${text(recorded).slice(0, 120)}`,
      );
    }
  }

  #exempt(reason: string, count = 1): void {
    this.tally.exempted[reason] = (this.tally.exempted[reason] ?? 0) + count;
  }

  #message(recorded: RecordedMessage): void {
    const read = readMessage(recorded.bytes);
    if (read.header === undefined || read.fault !== undefined) {
      this.tally.wrong.push(`${this.#recording.name} #${recorded.number}: ${read.fault?.message}`);
      return;
    }
    const { header, payloads } = read;
    this.#same('messages written again from what was read', writeMessage(header, payloads, read.next), recorded.bytes);
    const request = (header.flags & 0x20) === 0;
    if (payloads.at(-1)?.kind === 'SK' || payloads.at(-1)?.kind === 'SKF') {
      this.#encrypted(recorded, read, request);
      return;
    }
    this.#list(recorded, read, payloads, request);
    this.#natDetection(recorded, read, payloads, request);
    if (request) this.#requests.set(toHex(header.initiatorSpi), { bytes: recorded.bytes, message: read });
    else this.#initResponse(recorded, read);
  }

  /** The payload list against the daemons' log. */
  #list(recorded: RecordedMessage, { header }: Message, payloads: readonly Payload[], request: boolean): void {
    const exchange = { 34: 'IKE_SA_INIT', 35: 'IKE_AUTH', 36: 'CREATE_CHILD_SA', 37: 'INFORMATIONAL' }[
      header.exchangeType
    ];
    const head = `${exchange} ${request ? 'request' : 'response'} ${header.messageId} `;
    const log = this.#logged[recorded.from];
    // The log tells a message that was cut into fragments twice: whole, and by its fragments.
    const isFragment = payloads.at(-1)?.kind === 'SKF';
    const place = log.findIndex((line) => line.startsWith(head) && line.includes('EF(') === isFragment);
    if (place < 0) {
      this.tally.wrong.push(`${this.#recording.name} #${recorded.number}: no line in the log for ${head}`);
      return;
    }
    const line = log[place] as string;
    log.splice(place, 1);
    this.#same('payload lists', payloads.map(shortName).join(' '), line.slice(head.length).replace(/^\[ ?| ?\]$/g, ''));
  }

  #initResponse(recorded: RecordedMessage, message: Message): void {
    const { header, payloads } = message;
    const spiI = toHex(header.initiatorSpi);
    const sa = this.#recording.says.ikeSas.find(
      (each) => each.spiI === spiI && each.spiR === toHex(header.responderSpi),
    );
    const request = this.#requests.get(spiI);
    if (sa === undefined || request === undefined) {
      this.#exempt('answers to IKE_SA_INIT that make no SA (NO_PROPOSAL_CHOSEN, INVALID_KE_PAYLOAD)');
      return;
    }
    const [kei, ker] = [findPayload(request.message.payloads, 'KE'), findPayload(payloads, 'KE')];
    const [ni, nr] = [findPayload(request.message.payloads, 'Nonce'), findPayload(payloads, 'Nonce')];
    this.#same('SPIs', spiI, sa.spiI);
    this.#same('SPIs', header.responderSpi, sa.spiR);
    this.#same('public values', kei?.value.value, sa.keI ?? '');
    this.#same('public values', ker?.value.value, sa.keR ?? '');
    this.#same('key exchange methods', ker?.value.method, sa.dhGroup);
    this.#same('nonces', ni?.value.value, sa.nonceI ?? '');
    this.#same('nonces', nr?.value.value, sa.nonceR ?? '');
    const suite = this.#suite(findPayload(payloads, 'SA')?.value.proposals[0]);
    if (suite === undefined || ni === undefined || nr === undefined) return;
    this.#proposal(suite, sa.proposal);
    const nonces = { initiator: ni.value.value, responder: nr.value.value };
    const secret = octets(sa.keys.sharedSecret ?? '');
    const seed = skeyseed(this.#crypto, suite.prf.prf, nonces, secret);
    const other = recorded.from === 'right' ? 'left' : 'right';
    const init = { [recorded.from]: recorded.bytes, [other]: request.bytes } as Record<'left' | 'right', Uint8Array>;
    this.#keys(sa, suite, seed, nonces, init);
  }

  #suite(proposal: ProposalOnWire | undefined): Suite | undefined {
    const suite = proposal === undefined ? undefined : suiteOf(proposalFromWire(proposal));
    if (suite === undefined) this.tally.wrong.push(`${this.#recording.name}: a suite that is not understood`);
    return suite;
  }

  #proposal(suite: Suite, recorded: string): void {
    const { encryption, integrity, prf, keyExchange } = suite;
    const cipher = encryption.name === '3DES' ? '3DES_CBC' : encryption.name;
    const names = [cipher, ...(integrity === undefined ? [] : [integrity.name]), prf.name, keyExchange.name];
    this.#same('chosen IKE proposals', names.join('/'), recorded);
  }

  #keys(
    sa: RecordedIkeSa,
    suite: Suite,
    seed: Uint8Array,
    nonces: Nonces,
    init: Readonly<Record<'left' | 'right', Uint8Array>> | undefined,
  ): void {
    this.#exempt('shared secrets, which nobody can recompute: the daemons log no private values');
    this.#same('SKEYSEED', seed, sa.keys.SKEYSEED ?? '');
    const spis = { initiator: octets(sa.spiI), responder: octets(sa.spiR) };
    const keys = ikeKeys(this.#crypto, suite, seed, nonces, spis);
    for (const [name, key] of Object.entries(keys)) this.#same('SK_ keys', key, sa.keys[`SK_${name}`] ?? '');
    this.#sas.set(sa.spiI + sa.spiR, {
      ...{ recorded: sa, suite, keys, nonces, init, ids: {}, idBytes: {} },
      ...{ requests: new Map(), fragments: new Map() },
    });
  }

  #encrypted(recorded: RecordedMessage, message: Message, request: boolean): void {
    const { header } = message;
    const sa = this.#sas.get(toHex(header.initiatorSpi) + toHex(header.responderSpi));
    if (sa === undefined) {
      this.tally.wrong.push(`${this.#recording.name} #${recorded.number}: no keys`);
      return;
    }
    const fromInitiator = (header.flags & 0x08) !== 0;
    const keys = fromInitiator
      ? { encryption: sa.keys.ei, integrity: sa.keys.ai }
      : { encryption: sa.keys.er, integrity: sa.keys.ar };
    const sealed = message.payloads.at(-1) as PayloadOf<'SK'> | PayloadOf<'SKF'>;
    const start = sealed.kind === 'SK' ? sealed.start : sealed.start + 4;
    const opened = openPayload(this.#crypto, sa.suite, keys, recorded.bytes, 0, start, sealed.end);
    this.#same('encrypted messages opened', opened === undefined ? 'not opened' : 'opened', 'opened');
    if (opened === undefined) return;
    let inner = opened.plain.subarray(0, opened.length);
    if (sealed.kind === 'SKF') {
      const { number, total } = sealed.value;
      this.#same(
        'encrypted messages sealed again',
        sealMessage(this.#crypto, sa.suite, keys, {
          ...{ header, inner, first: message.next, iv: opened.iv, padding: opened.padding },
          fragment: { number, total },
        }),
        recorded.bytes,
      );
      this.#list(recorded, message, message.payloads, request);
      const key = `${recorded.from} ${request} ${header.messageId}`;
      const parts = sa.fragments.get(key) ?? [];
      sa.fragments.set(key, parts);
      parts[number - 1] = inner;
      if (parts.length < total || parts.includes(undefined as never)) return;
      inner = concatBytes(...parts);
    }
    const first = sealed.kind === 'SK' ? message.next : this.#firstOfFragments(sa, recorded, message, request);
    const list = readPayloads(inner, 0, inner.length, first);
    if (list.fault !== undefined || list.end !== inner.length) {
      this.tally.wrong.push(
        `${this.#recording.name} #${recorded.number}: inside: ${list.fault?.message ?? 'octets left'}`,
      );
      return;
    }
    const rewritten = writePayloads(list.payloads);
    this.#same('inner payloads written again', rewritten, inner);
    if (sealed.kind === 'SK') {
      this.#same(
        'encrypted messages sealed again',
        sealMessage(this.#crypto, sa.suite, keys, {
          ...{ header, inner: rewritten, first, iv: opened.iv, padding: opened.padding },
        }),
        recorded.bytes,
      );
    }
    this.#list(recorded, message, list.payloads, request);
    this.#natDetection(recorded, message, list.payloads, request);
    this.#substitution(recorded, list.payloads, request);
    this.#inside(recorded, message, sa, list.payloads, inner, request);
  }

  /** Only the first fragment's header names the first payload. */
  #firstOfFragments(sa: Replayed, recorded: RecordedMessage, message: Message, request: boolean): number {
    const same = this.#recording.messages.find(({ from, bytes }) => {
      const read = readMessage(bytes);
      if (read.header === undefined || from !== recorded.from) return false;
      const last = read.payloads.at(-1);
      return (
        last?.kind === 'SKF' &&
        last.value.number === 1 &&
        read.header.messageId === message.header.messageId &&
        ((read.header.flags & 0x20) === 0) === request &&
        toHex(read.header.initiatorSpi) === sa.recorded.spiI
      );
    });
    const read = same === undefined ? undefined : readMessage(same.bytes);
    return read?.header === undefined ? 0 : read.next;
  }

  #inside(
    recorded: RecordedMessage,
    { header }: Message,
    sa: Replayed,
    payloads: readonly Payload[],
    inner: Uint8Array,
    request: boolean,
  ): void {
    const { from } = recorded;
    const id = from === sa.recorded.initiator ? findPayload(payloads, 'IDi') : findPayload(payloads, 'IDr');
    if (id !== undefined) {
      sa.ids[from] = id;
      sa.idBytes[from] = inner.slice(id.start, id.end);
    }
    const auth = findPayload(payloads, 'AUTH');
    if (auth !== undefined) this.#authentication(from, sa, auth);
    const key = `${request ? from : from === 'left' ? 'right' : 'left'} ${header.exchangeType} ${header.messageId}`;
    if (request) {
      sa.requests.set(key, payloads);
      // With EAP the SA payload stands in the first request and its answer in the last response.
      if (findPayload(payloads, 'SA') !== undefined) sa.requests.set(`${header.exchangeType} SA`, payloads);
      return;
    }
    const asked = header.exchangeType === 35 ? sa.requests.get('35 SA') : sa.requests.get(key);
    if (asked !== undefined && findPayload(payloads, 'SA') !== undefined) this.#newSa(sa, asked, payloads);
  }

  #authentication(from: 'left' | 'right', sa: Replayed, auth: PayloadOf<'AUTH'>): void {
    const { psk, pskAtRight } = this.#recording.says;
    const { init } = sa;
    const idBody = sa.idBytes[from];
    if (init === undefined || idBody === undefined) return;
    if (auth.value.method !== 2) {
      this.#exempt('AUTH by signature (certificates are not in scope); what is signed is compared');
      return;
    }
    if (/eap/.test(this.#recording.name)) {
      this.#exempt('AUTH by the key of an EAP method, from the wire; recomputed below from the logged key');
      return;
    }
    const initiator = from === sa.recorded.initiator;
    const secret = new TextEncoder().encode((from === 'right' ? pskAtRight : undefined) ?? psk ?? '');
    const signed: SignedOctets = {
      message: init[from],
      peerNonce: initiator ? sa.nonces.responder : sa.nonces.initiator,
      idBody,
      keyP: initiator ? sa.keys.pi : sa.keys.pr,
    };
    this.#same('AUTH from the wire', sharedKeyAuth(this.#crypto, sa.suite.prf.prf, secret, signed), auth.value.value);
  }

  #newSa(sa: Replayed, request: readonly Payload[], response: readonly Payload[]): void {
    const offered = findPayload(request, 'SA')?.value.proposals[0];
    const chosen = findPayload(response, 'SA')?.value.proposals[0];
    if (offered === undefined || chosen === undefined) return;
    const [ni, nr] = [findPayload(request, 'Nonce'), findPayload(response, 'Nonce')];
    const nonces =
      ni === undefined || nr === undefined ? sa.nonces : { initiator: ni.value.value, responder: nr.value.value };
    if (chosen.protocol === 1) {
      const next = this.#recording.says.ikeSas.find(
        (each) => each.spiI === toHex(offered.spi) && each.spiR === toHex(chosen.spi),
      );
      const suite = this.#suite(chosen);
      if (next === undefined || suite === undefined) return;
      this.#proposal(suite, next.proposal);
      const secret = octets(next.keys.sharedSecret ?? '');
      const seed = rekeySkeyseed(this.#crypto, sa.suite.prf.prf, sa.keys.d, secret, nonces);
      this.#keys(next, suite, seed, nonces, undefined);
      return;
    }
    const proposal = proposalFromWire(chosen);
    const encryption = encryptionOf(transformOf(proposal, TRANSFORM.encryption));
    const integrity = integrityOf(transformOf(proposal, TRANSFORM.integrity));
    const protection = {
      ...(encryption === undefined ? {} : { encryption }),
      ...(integrity === undefined ? {} : { integrity }),
    };
    const find = (spi: Uint8Array) => this.#recording.says.childSas.find((each) => each.spi === toHex(spi));
    const [toResponder, toInitiator] = [find(chosen.spi), find(offered.spi)];
    const pfs = toResponder?.pfsSharedSecret;
    const secret = pfs === undefined ? undefined : octets(pfs);
    const keys = childKeys(this.#crypto, sa.suite.prf.prf, sa.keys.d, protection, nonces, secret);
    for (const [recorded, mine] of [
      [toResponder, keys.fromInitiator],
      [toInitiator, keys.fromResponder],
    ] as const) {
      if (recorded === undefined) {
        this.tally.wrong.push(`${this.#recording.name}: no Child SA with this SPI is recorded`);
        continue;
      }
      this.#same('Child SA keys', mine.encryption, recorded.encryptionKey);
      this.#same('Child SA keys', mine.integrity, recorded.integrityKey);
      const seed = concatBytes(secret ?? new Uint8Array(0), nonces.initiator, nonces.responder);
      this.#same('KEYMAT seeds', seed, recorded.keymatSeed);
    }
  }

  /** NAT_DETECTION_*: SHA-1 (SPIi | SPIr | address | port) (RFC 7296 §2.23). */
  #natDetection(recorded: RecordedMessage, { header }: Message, payloads: readonly Payload[], request: boolean): void {
    const { says, name } = this.#recording;
    const { initiatorSpi, responderSpi } = header;
    const hashed = (address: Uint8Array, port: number): Uint8Array => {
      if (address.length !== 4)
        return concatBytes(initiatorSpi, responderSpi, address, Uint8Array.of(port >> 8, port & 255));
      const end = { address: read32(address, 0), port };
      return hashedOctets({ initiatorSpi, responderSpi, source: end, destination: end }, end);
    };
    const hash = (address: string, port: number): string =>
      toHex(this.#crypto.hash('sha1', hashed(octets(address), port)));
    const own = says[recorded.from];
    const addresses = [own.address, own.secondAddress].filter((each) => each !== undefined).map(addressHex);
    const from = [...addresses.flatMap((each) => [hash(each, 500), hash(each, 4500)])];
    const { source, destination } = recorded;
    from.push(hash(toHex(source.address), source.port));
    const to = hash(toHex(destination.address), destination.port);
    for (const payload of payloads) {
      if (payload.kind !== 'N') continue;
      const { type, data } = payload.value;
      if (type === NOTIFY.NAT_DETECTION_DESTINATION_IP) this.#same('NAT detection hashes', to, data);
      if (type !== NOTIFY.NAT_DETECTION_SOURCE_IP) continue;
      const mine = from.find((each) => each === toHex(data));
      if (mine !== undefined) this.#same('NAT detection hashes', mine, data);
      else if (!name.endsWith('.kernel')) this.#exempt('NAT detection hashes of the source, faked by design');
      else
        this.tally.wrong.push(
          `${name} #${recorded.number} ${request}: NAT detection of ${addressText(source.address)}`,
        );
    }
  }

  /** Transport mode behind a NAT: the responder answers with the addresses that it sees (RFC 7296 §2.23.1). */
  #substitution({ from, source, destination }: RecordedMessage, payloads: readonly Payload[], request: boolean): void {
    const transport = payloads.some((each) => each.kind === 'N' && each.value.type === NOTIFY.USE_TRANSPORT_MODE);
    if (!transport) return;
    const at = ({ address, port }: RecordedMessage['source']) => ({ address: read32(address, 0), port });
    if (request) {
      const nat = { local: false, remote: source.port !== 4500, forced: false };
      const ends = { nat, local: at(destination), remote: at(source) };
      this.#asked = { from, ...substituted(ends, askedSelectors(payloads, false)) };
      return;
    }
    if (this.#asked === undefined || this.#asked.from === from) return;
    const answer = askedSelectors(payloads, false);
    const text = (list: readonly TrafficSelector[]): string => formatSelectors(list);
    this.#same('traffic selectors of transport mode, substituted', text(this.#asked.localTs), text(answer.localTs));
    this.#same('traffic selectors of transport mode, substituted', text(this.#asked.remoteTs), text(answer.remoteTs));
  }

  /** What the daemons logged of each authentication: the octets that are signed, and AUTH from the key. */
  #loggedAuthentication(): void {
    for (const side of ['left', 'right'] as const) {
      const values = this.#recording.says.values[side];
      values.forEach(({ label, hex }, at) => {
        if (label !== "IDx'") return;
        const sa = this.#saOfKeyP(values[at + 1]?.hex ?? '');
        if (sa === undefined) return;
        const [keyP, whole] = [octets(values[at + 1]?.hex ?? ''), octets(values[at + 2]?.hex ?? '')];
        const initiator = toHex(sa.keys.pi) === toHex(keyP);
        const { prf } = sa.suite.prf;
        const signer = initiator === (sa.recorded.initiator === 'left') ? 'left' : 'right';
        const peerNonce = initiator ? sa.nonces.responder : sa.nonces.initiator;
        const message = sa.init?.[signer] ?? new Uint8Array(0);
        const signed = { message, peerNonce, idBody: octets(hex), keyP };
        this.#same('signed octets', signedOctets(this.#crypto, prf, signed), whole);
        if (values[at + 3]?.label !== 'secret') return;
        const auth = sharedKeyAuth(this.#crypto, prf, octets(values[at + 3]?.hex ?? ''), signed);
        this.#same('AUTH from the logged key', auth, values[at + 5]?.hex ?? '');
      });
    }
  }

  #saOfKeyP(hex: string): Replayed | undefined {
    return [...this.#sas.values()].find(({ keys }) => toHex(keys.pi) === hex || toHex(keys.pr) === hex);
  }
}

/** A payload as strongSwan's log names it. */
function shortName(payload: Payload): string {
  switch (payload.kind) {
    case 'Nonce':
      return 'No';
    case 'N': {
      const name = notifyName(payload.value.type);
      return `N(${SHORT_NOTIFY[name] ?? name})`;
    }
    case 'SKF':
      return `EF(${payload.value.number}/${payload.value.total})`;
    case 'CP': {
      const names: Readonly<Record<number, string>> = { 1: 'ADDR', 3: 'DNS' };
      const list = payload.value.attributes.map(({ type }) => names[type] ?? type).join(' ');
      return `CP${payload.value.type === 1 ? 'RQ' : 'RP'}(${list})`;
    }
    case 'EAP': {
      const { code, type } = payload.value;
      if (code > 2) return code === 3 ? 'EAP/SUCC' : 'EAP/FAIL';
      return `EAP/${code === 1 ? 'REQ' : 'RES'}/${type[0] === 1 ? 'ID' : type[0] === 26 ? 'MSCHAPV2' : type[0]}`;
    }
    default:
      return payload.kind;
  }
}
