import { concatBytes, toHex } from '../../core/index.ts';
import type { CryptoProvider } from '../../plugins/crypto/contract.ts';
import { checkPhaseOneHash, exchangedOctets, hash1, hash2, hash3, phaseOneHash } from '../../plugins/ikev1/auth.ts';
import { lastBlock, openMessage, sealMessage } from '../../plugins/ikev1/cipher.ts';
import {
  type Both,
  encryptionKey,
  exchangeIv,
  firstIv,
  keymatSeed,
  type Skeyids,
  saKeys,
  skeyidOfSecret,
  skeyids,
} from '../../plugins/ikev1/keys.ts';
import {
  findPayload,
  type Message,
  type Payload,
  type PayloadOf,
  payloadsOf,
  readMessage,
  readPayloads,
  writeMessage,
  writePayloads,
} from '../../plugins/ikev1/message.ts';
import { notifyName } from '../../plugins/ikev1/names/notify-types.ts';
import { attributeOf } from '../../plugins/ikev1/payloads/security-association.ts';
import { chooseIke, ikeChoices } from '../../plugins/ikev1/proposals.ts';
import { selectorOfId } from '../../plugins/ikev1/proxy-ids.ts';
import { keySizes, quickOffer, quickOffers } from '../../plugins/ikev1/quick-proposals.ts';
import { type Suite, suiteOf } from '../../plugins/ikev1/suite.ts';
import { findRow } from '../../plugins/ikev1/transitions.ts';
import {
  chooseProposal,
  describeProposal,
  formatSelector,
  integrityOf,
  type Proposal,
  parseProposals,
  prfOf,
  SECURITY_PROTOCOL,
  type SecurityProtocol,
  TRANSFORM,
  transformOf,
} from '../../plugins/ipsec/contract.ts';
import { addressHex, octets, type RecordedIkeSa, type RecordedMessage, type Recording } from './ikev2-recording.ts';
import type { Tally } from './ikev2-replay.ts';

type Side = 'left' | 'right';

/** What the json of an IKEv1 recording says beyond that of IKEv2. */
interface Recorded1 extends RecordedIkeSa {
  readonly keysOtherSide?: Readonly<Record<string, string>>;
  readonly keysOf: Side;
  readonly decrypted: readonly {
    readonly frame: number;
    readonly messageId: string;
    readonly firstPayload: number;
    readonly iv: string;
    readonly plaintext: string;
  }[];
}

const PRE_SHARED_KEY = 1;
const LONGEST_LOGGED = 1008;
/** XAUTH after pre-shared keys: the keys are the same (draft-beaulieu-ike-xauth-02 §7.2). */
const WITH_PRE_SHARED_KEYS: ReadonlySet<number> = new Set([PRE_SHARED_KEY, 65001, 65002]);
const EXCHANGES: Readonly<Record<number, string>> = {
  2: 'ID_PROT',
  4: 'AGGRESSIVE',
  5: 'INFORMATIONAL_V1',
  6: 'TRANSACTION',
  32: 'QUICK_MODE',
};

/** The first messages of an ISAKMP SA, until there are keys. */
interface Beginning {
  readonly initiator: Side;
  readonly request: Message;
  readonly saBody: Uint8Array;
  suite: Suite | undefined;
  authentication: number;
  ke: Partial<Both>;
  nonces: Partial<Both>;
  ids: Partial<Record<Side, { readonly body: Uint8Array; readonly payload: PayloadOf<'ID'> }>>;
}

interface Keys {
  readonly ids: Skeyids;
  readonly key: Uint8Array;
}

interface Replayed {
  readonly begun: Beginning;
  readonly recorded: Recorded1;
  readonly suite: Suite;
  readonly keys: Readonly<Record<Side, Keys>>;
  readonly publics: Both;
  readonly nonces: Both;
  /** The last block of phase 1. */
  iv: Uint8Array;
  readonly firstIv: Uint8Array;
  /** Of exchanges by message ID: the last block, and what came before. */
  readonly exchanges: Map<number, { iv: Uint8Array; readonly messages: (readonly Payload[])[] }>;
}

/** Replays a recording of IKEv1: everything in it is decoded, recomputed, opened and sealed again. */
export class Replay1 {
  readonly tally: Tally;
  readonly #crypto: CryptoProvider;
  readonly #recording: Recording;
  readonly #begun = new Map<string, Beginning>();
  readonly #sas = new Map<string, Replayed>();
  readonly #logged: Record<Side, string[]>;

  constructor(crypto: CryptoProvider, recording: Recording, tally: Tally) {
    this.#crypto = crypto;
    this.#recording = recording;
    this.tally = tally;
    const { messages } = recording.says;
    const generated = (side: Side, other: Side): string[] => {
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
  }

  #same(kind: string, mine: Uint8Array | string | number | undefined, recorded: Uint8Array | string | number): void {
    const text = (value: Uint8Array | string | number | undefined): string =>
      value instanceof Uint8Array ? toHex(value) : String(value);
    this.tally.compared[kind] = (this.tally.compared[kind] ?? 0) + 1;
    if (text(mine) !== text(recorded)) {
      this.tally.wrong.push(
        `${this.#recording.name}: ${kind}: ${text(mine).slice(0, 160)} is not ${text(recorded).slice(0, 160)}`,
      );
    }
  }

  #wrong(text: string): void {
    this.tally.wrong.push(`${this.#recording.name}: ${text}`);
  }

  #exempt(reason: string, count = 1): void {
    this.tally.exempted[reason] = (this.tally.exempted[reason] ?? 0) + count;
  }

  #message(recorded: RecordedMessage): void {
    const read = readMessage(recorded.bytes);
    if (read.header === undefined || read.fault !== undefined) {
      this.#wrong(`#${recorded.number}: ${read.fault?.message}`);
      return;
    }
    if (read.sealed) {
      this.#encrypted(recorded, read);
      return;
    }
    const { header, payloads } = read;
    this.#same(
      'messages written again from what was read',
      writeMessage(header, payloads, read.next, read.trailing),
      recorded.bytes,
    );
    this.#list(recorded, read, payloads);
    const cookie = toHex(header.initiatorSpi);
    const begun = this.#begun.get(cookie);
    if (begun === undefined) this.#first(recorded, read);
    else if (header.exchangeType === 5) this.#refusal(begun, payloads);
    else this.#clear(recorded, read, begun);
    this.#natDiscovery(recorded, read, payloads, cookie);
  }

  /** The payload list against the daemons' log. */
  #list(recorded: RecordedMessage, { header }: Message, payloads: readonly Payload[]): void {
    const log = this.#logged[recorded.from];
    if (log.length === 0) {
      this.#exempt('payload lists that no daemon logged');
      return;
    }
    const head = new RegExp(`^${EXCHANGES[header.exchangeType]} (request|response) ${header.messageId} `);
    const place = log.findIndex((line) => head.test(line));
    if (place < 0) {
      this.#wrong(`#${recorded.number}: no line in the log for ${head}`);
      return;
    }
    const line = (log[place] as string).replace(head, '').replace(/^\[ ?| ?\]$/g, '');
    log.splice(place, 1);
    this.#same('payload lists', payloads.map(shortName).join(' '), line);
  }

  #proposals(side: Side, of: 'ike' | 'child'): readonly Proposal[] {
    const { configured } = this.#recording.says;
    const key = `${of}${side === 'left' ? 'Left' : 'Right'}`;
    const protocol: SecurityProtocol =
      of === 'ike'
        ? SECURITY_PROTOCOL.ike
        : configured.protocol === 'ah'
          ? SECURITY_PROTOCOL.ah
          : SECURITY_PROTOCOL.esp;
    const reading = parseProposals((configured[key] ?? '').split(','), protocol);
    return 'proposals' in reading ? reading.proposals : [];
  }

  #first(recorded: RecordedMessage, message: Message): void {
    const { header, payloads } = message;
    const sa = findPayload(payloads, 'SA');
    if (sa === undefined) {
      this.#wrong(`#${recorded.number}: a first message without SA`);
      return;
    }
    const begun: Beginning = {
      ...{ initiator: recorded.from, request: message, suite: undefined, authentication: 0 },
      saBody: recorded.bytes.slice(sa.start, sa.end),
      ...{ ke: {}, nonces: {}, ids: {} },
    };
    this.#begun.set(toHex(header.initiatorSpi), begun);
    const found = findRow('none', header.exchangeType, false, payloads);
    this.#same(
      'first messages that a responder takes',
      found !== undefined && 'row' in found ? 'taken' : 'not taken',
      'taken',
    );
    if (header.exchangeType === 4) this.#values(recorded, payloads, begun);
  }

  /** The responder answered with an error in the clear: ours finds no choice either. */
  #refusal({ request, initiator }: Beginning, payloads: readonly Payload[]): void {
    const other: Side = initiator === 'left' ? 'right' : 'left';
    const choice = chooseIke(
      ikeChoices(this.#proposals(other, 'ike')),
      findPayload(request.payloads, 'SA')?.value.proposals ?? [],
    );
    const names = payloadsOf(payloads, 'N').map(({ value }) => notifyName(value.type));
    this.#same('refusals', 'choice' in choice ? 'a choice' : 'NO-PROPOSAL-CHOSEN', names.join(' '));
  }

  #values(recorded: RecordedMessage, payloads: readonly Payload[], begun: Beginning): void {
    const role = recorded.from === begun.initiator ? 'initiator' : 'responder';
    const ke = findPayload(payloads, 'KE')?.value.value;
    const nonce = findPayload(payloads, 'NONCE')?.value.value;
    if (ke !== undefined) begun.ke[role as never] = ke as never;
    if (nonce !== undefined) begun.nonces[role as never] = nonce as never;
    const id = findPayload(payloads, 'ID');
    if (id !== undefined) begun.ids[recorded.from] = { body: recorded.bytes.slice(id.start, id.end), payload: id };
  }

  #clear(recorded: RecordedMessage, message: Message, begun: Beginning): void {
    const { header, payloads } = message;
    const sa = findPayload(payloads, 'SA');
    if (sa !== undefined) this.#choice(sa, begun, recorded.from);
    this.#values(recorded, payloads, begun);
    const { ke, nonces } = begun;
    const whole = ke.initiator && ke.responder && nonces.initiator && nonces.responder;
    if (whole === undefined || this.#sas.has(toHex(header.initiatorSpi) + toHex(header.responderSpi))) return;
    this.#keys(message, begun, ke as Both, nonces as Both);
    if (header.exchangeType !== 4) return;
    const made = this.#sas.get(toHex(header.initiatorSpi) + toHex(header.responderSpi));
    if (made !== undefined) this.#phaseOneHash(recorded, made, payloads, recorded.bytes);
  }

  /** The responder's choice is one that ours makes as well. */
  #choice(sa: PayloadOf<'SA'>, begun: Beginning, from: Side): void {
    const [proposal] = sa.value.proposals;
    const [transform] = proposal?.transforms ?? [];
    if (proposal === undefined || transform === undefined) {
      this.#wrong('a choice of nothing');
      return;
    }
    begun.authentication = attributeOf(transform, 3) ?? 0;
    const offered = findPayload(begun.request.payloads, 'SA')?.value.proposals ?? [];
    const choices = ikeChoices(this.#proposals(from, 'ike'));
    // What was agreed on is judged without its authentication method: out of scope are only the methods.
    const told = (list: typeof offered): typeof offered =>
      list.map((each) => ({
        ...each,
        transforms: each.transforms.map((one) => ({
          ...one,
          attributes: one.attributes.map((attribute) =>
            attribute.type === 3 ? { ...attribute, lengthOrValue: PRE_SHARED_KEY } : attribute,
          ),
        })),
      }));
    if (begun.authentication === PRE_SHARED_KEY) {
      const ours = chooseIke(choices, offered);
      this.#same(
        'transforms that our responder chooses',
        'choice' in ours ? ours.transform.number : 'none',
        transform.number,
      );
    } else this.#exempt('choices of a responder for authentication methods that are not in scope');
    const agreed = chooseIke(ikeChoices(this.#proposals(begun.initiator, 'ike')), told(sa.value.proposals));
    if (!('choice' in agreed)) {
      this.#wrong('a choice that our initiator does not take');
      return;
    }
    begun.suite = suiteOf(agreed.choice.proposal);
  }

  #keys({ header }: Message, begun: Beginning, publics: Both, nonces: Both): void {
    const [spiI, spiR] = [toHex(header.initiatorSpi), toHex(header.responderSpi)];
    const sa = this.#recording.says.ikeSas.find((each) => each.spiI === spiI && each.spiR === spiR) as
      | Recorded1
      | undefined;
    const { suite } = begun;
    if (sa === undefined || suite === undefined) {
      this.#wrong('no such SA is recorded');
      return;
    }
    this.#same('public values', publics.initiator, sa.keI ?? '');
    this.#same('public values', publics.responder, sa.keR ?? '');
    this.#same('nonces', nonces.initiator, sa.nonceI ?? '');
    this.#same('nonces', nonces.responder, sa.nonceR ?? '');
    this.#same('groups', suite.keyExchange.id, sa.dhGroup);
    const integrity = integrityOf({ id: { md5: 1, sha1: 2, sha256: 12, sha384: 13, sha512: 14 }[suite.hash] });
    const prf = prfOf({ id: { md5: 1, sha1: 2, sha256: 5, sha384: 6, sha512: 7 }[suite.hash] });
    const cipher = suite.encryption.name === '3DES' ? '3DES_CBC' : suite.encryption.name;
    this.#same(
      'chosen IKE proposals',
      [cipher, integrity?.name, prf?.name, suite.keyExchange.name].join('/'),
      sa.proposal,
    );
    const made = (recorded: Readonly<Record<string, string>>, secret: string): Keys => {
      const shared = octets(recorded.sharedSecret ?? '');
      const inScope = WITH_PRE_SHARED_KEYS.has(begun.authentication);
      const skeyid = inScope
        ? skeyidOfSecret(this.#crypto, suite.prf, new TextEncoder().encode(secret), nonces)
        : octets(recorded.SKEYID ?? '');
      if (inScope) this.#same('SKEYIDs', skeyid, recorded.SKEYID ?? '');
      else this.#exempt('SKEYID by signatures, which are not in scope');
      const ids = skeyids(this.#crypto, suite.prf, skeyid, shared, {
        initiator: header.initiatorSpi,
        responder: header.responderSpi,
      });
      for (const part of ['d', 'a', 'e'] as const) this.#same('SKEYIDs', ids[part], recorded[`SKEYID_${part}`] ?? '');
      const key = encryptionKey(this.#crypto, suite.prf, ids.e, suite.encryption.key);
      this.#same('encryption keys', key, recorded.Ka ?? '');
      return { ids, key };
    };
    this.#exempt('shared secrets, which nobody can recompute: the daemons log no private values');
    const { psk = '', pskAtRight } = this.#recording.says;
    const own = made(sa.keys, sa.keysOf === 'right' ? (pskAtRight ?? psk) : psk);
    const other =
      sa.keysOtherSide === undefined ? own : made(sa.keysOtherSide, sa.keysOf === 'left' ? (pskAtRight ?? psk) : psk);
    const keys = sa.keysOf === 'left' ? { left: own, right: other } : { left: other, right: own };
    const iv = firstIv(this.#crypto, suite.hash, publics, suite.encryption.iv);
    this.#same('first IVs', iv, sa.keys.initialIV ?? '');
    this.#sas.set(spiI + spiR, {
      ...{ begun, recorded: sa, suite, keys, publics, nonces, iv, firstIv: iv, exchanges: new Map() },
    });
  }

  #encrypted(recorded: RecordedMessage, message: Message): void {
    const { header } = message;
    const sa = this.#sas.get(toHex(header.initiatorSpi) + toHex(header.responderSpi));
    if (sa === undefined) {
      this.#wrong(`#${recorded.number}: no keys`);
      return;
    }
    const { messageId } = header;
    const { key } = sa.keys[recorded.from];
    const known = sa.exchanges.get(messageId);
    const ofExchange = (base: Uint8Array): Uint8Array =>
      exchangeIv(this.#crypto, sa.suite.hash, base, messageId, sa.suite.encryption.iv);
    // A side that could not read the last message of phase 1 still stands before it.
    const stuck = sa.recorded.keysOtherSide !== undefined && recorded.from === 'right';
    const iv = messageId === 0 ? sa.iv : (known?.iv ?? ofExchange(stuck ? sa.firstIv : sa.iv));
    const plain = openMessage(this.#crypto, sa.suite, key, iv, recorded.bytes);
    if (plain === undefined) {
      this.#wrong(`#${recorded.number}: no whole number of blocks`);
      return;
    }
    const list = readPayloads(plain, 0, plain.length, header.nextPayload);
    this.#same('encrypted messages opened', list.fault?.message ?? 'opened', 'opened');
    if (list.fault !== undefined) return;
    const log = sa.recorded.decrypted.find(({ frame }) => frame === recorded.number);
    if (log === undefined)
      this.#exempt('plaintexts that the recording does not have: of the side with the other secret');
    else {
      this.#same('IVs', iv, log.iv);
      this.#same('plaintexts', plain, log.plaintext);
      this.#same('first payloads', header.nextPayload, log.firstPayload);
    }
    const inner = writePayloads(list.payloads);
    this.#same('inner payloads written again', inner, plain.slice(0, list.end));
    const padding = plain.slice(list.end);
    this.#same(
      'encrypted messages sealed again',
      sealMessage(this.#crypto, sa.suite, key, { header, inner, iv, padding }),
      recorded.bytes,
    );
    this.#list(recorded, message, list.payloads);
    this.#natDiscovery(recorded, message, list.payloads, toHex(header.initiatorSpi));
    const next = lastBlock(sa.suite, recorded.bytes);
    if (messageId === 0) {
      sa.iv = next;
      this.#phaseOneHash(recorded, sa, list.payloads, plain);
      return;
    }
    const exchange = known ?? { iv: next, messages: [] };
    exchange.iv = next;
    sa.exchanges.set(messageId, exchange);
    this.#phaseTwoHash(recorded, message, sa, list.payloads, plain.slice(0, list.end), exchange.messages);
    exchange.messages.push(list.payloads);
  }

  /** HASH_I and HASH_R, and the proof that comes of them. */
  #phaseOneHash(recorded: RecordedMessage, sa: Replayed, payloads: readonly Payload[], bytes: Uint8Array): void {
    const { begun, suite, publics, recorded: says } = sa;
    const id = findPayload(payloads, 'ID');
    if (id !== undefined) begun.ids[recorded.from] = { body: bytes.slice(id.start, id.end), payload: id };
    const own = begun.ids[recorded.from];
    const hash = findPayload(payloads, 'HASH')?.value.value;
    if (own === undefined) {
      this.#wrong(`#${recorded.number}: no identity`);
      return;
    }
    if (hash === undefined) {
      this.#exempt('authentication by signature, which is not in scope');
      return;
    }
    const cookies = { initiator: octets(says.spiI), responder: octets(says.spiR) };
    const ofInitiator = recorded.from === begun.initiator;
    const exchanged = { publics, cookies, saBody: begun.saBody, idBody: own.body };
    const { skeyid } = sa.keys[recorded.from].ids;
    this.#same('HASH_I and HASH_R', phaseOneHash(this.#crypto, suite.prf, skeyid, ofInitiator, exchanged), hash);
    const identity = { type: own.payload.value.type, octets: own.payload.value.octets };
    const claim = { value: hash, skeyid, ofInitiator, exchanged, identity };
    const proof = checkPhaseOneHash(this.#crypto, suite.prf, claim);
    this.#same('proofs', proof?.method ?? 'none', 'psk');
    const label = ofInitiator ? 'HASH_I data' : 'HASH_R data';
    const { values } = this.#recording.says;
    const logged = [...values.left, ...values.right].filter((each) => each.label === label).map(({ hex }) => hex);
    const mine = toHex(exchangedOctets(ofInitiator, exchanged));
    // The daemon's log cuts values off behind so many octets.
    const shown = logged.find((hex) => mine === hex || (hex.length === 2 * LONGEST_LOGGED && mine.startsWith(hex)));
    if (logged.length > 0)
      this.#same('octets that are hashed', shown ?? 'not logged', mine.slice(0, 2 * LONGEST_LOGGED));
  }

  #phaseTwoHash(
    recorded: RecordedMessage,
    { header }: Message,
    sa: Replayed,
    payloads: readonly Payload[],
    inner: Uint8Array,
    before: readonly (readonly Payload[])[],
  ): void {
    const [first] = payloads;
    if (first?.kind !== 'HASH') {
      this.#wrong(`#${recorded.number}: HASH does not come first`);
      return;
    }
    const { a } = sa.keys[recorded.from].ids;
    const { prf } = sa.suite;
    const rest = inner.slice(first.end);
    const nonceOf = (list: readonly Payload[] | undefined): Uint8Array =>
      findPayload(list ?? [], 'NONCE')?.value.value ?? new Uint8Array(0);
    const [one, two] = before;
    const { messageId } = header;
    if (header.exchangeType !== 32 || one === undefined) {
      this.#same('HASH(1)', hash1(this.#crypto, prf, a, messageId, rest), first.value.value);
      return;
    }
    if (two === undefined) {
      this.#same('HASH(2)', hash2(this.#crypto, prf, a, messageId, nonceOf(one), rest), first.value.value);
      this.#quick(sa, one, payloads, recorded.from === 'left' ? 'right' : 'left');
      return;
    }
    const nonces = { initiator: nonceOf(one), responder: nonceOf(two) };
    this.#same('HASH(3)', hash3(this.#crypto, prf, a, messageId, nonces), first.value.value);
  }

  /** What Quick Mode came to: the responder's choice is ours, and the keys are those recorded. */
  #quick(sa: Replayed, request: readonly Payload[], response: readonly Payload[], initiator: Side): void {
    const offered = findPayload(request, 'SA')?.value.proposals ?? [];
    const [wire] = findPayload(response, 'SA')?.value.proposals ?? [];
    const [transform] = wire?.transforms ?? [];
    if (wire === undefined || transform === undefined) {
      this.#wrong('Quick Mode chose nothing');
      return;
    }
    const { proposal } = quickOffer(wire, transform);
    const responder: Side = initiator === 'left' ? 'right' : 'left';
    const { offers } = quickOffers(offered);
    const ours = chooseProposal(
      this.#proposals(responder, 'child'),
      offers.map((each) => each.proposal),
    );
    const choice = 'chosen' in ours ? `${offers[ours.offered]?.wire.number} ${describeProposal(ours.chosen)}` : 'none';
    this.#same(
      'transforms that our responder chooses in Quick Mode',
      choice,
      `${wire.number} ${describeProposal(proposal)}`,
    );
    const taken = chooseProposal(this.#proposals(initiator, 'child'), [proposal]);
    if (this.#proposals(initiator, 'child').length > 0 && !/vpnc/.test(this.#recording.says.scenario)) {
      this.#same('choices that our initiator takes', 'chosen' in taken ? 'taken' : 'not taken', 'taken');
    }
    for (const list of [request, response]) {
      for (const { value } of payloadsOf(list, 'ID')) {
        const selector = selectorOfId(value);
        this.#same(
          'proxy IDs that are read',
          selector === undefined ? 'none' : 'one',
          formatSelector(selector as never) ? 'one' : '',
        );
      }
    }
    const nonceOf = (list: readonly Payload[]): Uint8Array =>
      findPayload(list, 'NONCE')?.value.value ?? new Uint8Array(0);
    const nonces = { initiator: nonceOf(request), responder: nonceOf(response) };
    const mySpi = offered.find(({ number }) => number === wire.number)?.spi ?? offered[0]?.spi ?? new Uint8Array(0);
    for (const spi of [mySpi, wire.spi]) {
      const child = this.#recording.says.childSas.find((each) => each.spi === toHex(spi));
      if (child === undefined) {
        this.#wrong(`no IPsec SA ${toHex(spi)} is recorded`);
        continue;
      }
      const sharedSecret = child.pfsSharedSecret === undefined ? undefined : octets(child.pfsSharedSecret);
      if (sharedSecret === undefined)
        this.#same('perfect forward secrecy', transformOf(proposal, TRANSFORM.keyExchange)?.id ?? 0, 0);
      const seed = { protocol: wire.protocol, spi, nonces, sharedSecret };
      const keys = saKeys(this.#crypto, sa.suite.prf, sa.keys.left.ids.d, seed, keySizes(proposal));
      this.#same('IPsec SA keys', keys.encryption, child.encryptionKey ?? '');
      this.#same('IPsec SA keys', keys.integrity, child.integrityKey ?? '');
      if (child.keymatSeed === undefined) this.#exempt('KEYMAT seeds that no daemon logged');
      else this.#same('KEYMAT seeds', keymatSeed(seed), child.keymatSeed);
    }
  }

  /** NAT-D: HASH (CKY-I | CKY-R | address | port), the destination's first (RFC 3947 §3.2). */
  #natDiscovery(recorded: RecordedMessage, { header }: Message, payloads: readonly Payload[], cookie: string): void {
    const suite = this.#begun.get(cookie)?.suite;
    if (suite === undefined) return;
    const { says, name } = this.#recording;
    const hash = (address: string, port: number): string =>
      toHex(
        this.#crypto.hash(
          suite.hash,
          concatBytes(header.initiatorSpi, header.responderSpi, octets(address), Uint8Array.of(port >> 8, port & 255)),
        ),
      );
    const { source, destination } = recorded;
    const own = addressHex(says[recorded.from].address);
    const mine = [hash(own, 500), hash(own, 4500), hash(toHex(source.address), source.port)];
    const there = [hash(toHex(destination.address), destination.port), hash(toHex(destination.address), 500)];
    payloadsOf(payloads, 'NAT-D').forEach(({ value }, at) => {
      const right = at === 0 ? there : mine;
      const recordedHash = toHex(value.value);
      const found = right.find((each) => each === recordedHash);
      if (found !== undefined) this.#same('NAT-D hashes', found, recordedHash);
      else if (at > 0 && !name.endsWith('.kernel')) this.#exempt('NAT-D hashes of the source, faked by design');
      else this.#wrong(`#${recorded.number}: NAT-D ${at}`);
    });
  }
}

const SHORT_NOTIFY: Readonly<Record<string, string>> = {
  'INITIAL-CONTACT': 'INITIAL_CONTACT',
  'AUTHENTICATION-FAILED': 'AUTH_FAILED',
  'NO-PROPOSAL-CHOSEN': 'NO_PROP',
  'PAYLOAD-MALFORMED': 'PLD_MAL',
  'INVALID-ID-INFORMATION': 'INVAL_ID',
  'R-U-THERE': 'DPD',
  'R-U-THERE-ACK': 'DPD_ACK',
};
const SHORT_ATTRIBUTES: Readonly<Record<number, string>> = {
  1: 'ADDR',
  2: 'MASK',
  3: 'DNS',
  4: 'NBNS',
  7: 'VER',
  28672: 'U_BANNER',
  28673: 'U_SAVEPWD',
  28674: 'U_DEFDOM',
  28675: 'U_SPLITDNS',
  28676: 'U_SPLITINC',
  28679: 'U_PFS',
  28680: 'U_FWTYPE',
  28682: 'U_DDNSHOST',
  16521: 'X_USER',
  16522: 'X_PWD',
  16527: 'X_STATUS',
};

/** A payload as strongSwan's log names it. */
function shortName(payload: Payload): string {
  switch (payload.kind) {
    case 'NONCE':
      return 'No';
    case 'VID':
      return 'V';
    case 'CR':
      return 'CERTREQ';
    case 'N': {
      const name = notifyName(payload.value.type);
      return `N(${SHORT_NOTIFY[name] ?? name})`;
    }
    case 'ATTR': {
      const kinds: Readonly<Record<number, string>> = { 1: 'CPRQ', 2: 'CPRP', 3: 'CPS', 4: 'CPA' };
      const list = payload.value.attributes.map(({ type }) => SHORT_ATTRIBUTES[type] ?? type).join(' ');
      return `${kinds[payload.value.type]}(${list})`;
    }
    default:
      return payload.kind;
  }
}
