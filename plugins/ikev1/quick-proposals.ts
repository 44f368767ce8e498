import {
  encryptionOf,
  integrityOf,
  type Proposal,
  SECURITY_PROTOCOL,
  TRANSFORM,
  type Transform,
  transformsOf,
} from '../ipsec/contract.ts';
import { MOST_TRANSFORMS } from '../isakmp/contract.ts';
import { type Life, lifeAttributes } from './lifetimes.ts';
import { ENCAPSULATION_NAMES, GROUP_NAMES, IPSEC_ATTRIBUTE } from './names/attributes.ts';
import { PROTOCOL } from './names/identifiers.ts';
import { AH_IDS, AUTHENTICATION_VALUES, GMAC, inverse } from './names/numbers.ts';
import {
  attributeOf,
  attributeToWrite,
  type ProposalOnWire,
  type ProposalToWrite,
  type TransformOnWire,
  type TransformToWrite,
} from './payloads/security-association.ts';
import { withoutNumber } from './proposals.ts';

/** Between the ESP and AH proposals of the configuration and those of Quick Mode (RFC 2407 §4.4.3, §4.4.4, §4.5). */

const SEED_CBC = 21;
const LAST_ESP_ID = 23;

const INTEGRITY_OF_VALUE = inverse(AUTHENTICATION_VALUES);
const INTEGRITY_OF_AH = inverse(AH_IDS);
/** Transforms that are not known here, so that they meet nothing: behind every number that is registered. */
const UNKNOWN = 0x1_0000;

/** What a Quick Mode says of every transform besides the algorithms. */
export interface QuickTerms {
  /** The value of Encapsulation Mode. */
  readonly encapsulation: number;
  readonly life: Life;
  /** Group of the public values; `undefined`: no perfect forward secrecy. */
  readonly group: number | undefined;
}

/** The proposals of one protocol, each choice of a transform a type one transform. Only those with the group of the public values. */
export function quickToWrite(
  proposals: readonly Proposal[],
  spi: Uint8Array,
  { encapsulation, life, group }: QuickTerms,
): readonly ProposalToWrite[] {
  const written: ProposalToWrite[] = [];
  for (const proposal of proposals) {
    const groups = transformsOf(proposal, TRANSFORM.keyExchange);
    const admits =
      group === undefined
        ? groups.length === 0 || groups.some(({ id }) => id === 0)
        : groups.some(({ id }) => id === group);
    if (!admits) continue;
    const transforms = combinations(proposal).map(
      (each, at): TransformToWrite => ({
        number: at + 1,
        id: each.id,
        attributes: [
          ...each.attributes,
          attributeToWrite(IPSEC_ATTRIBUTE.encapsulation, encapsulation),
          ...(group === undefined ? [] : [attributeToWrite(IPSEC_ATTRIBUTE.group, group)]),
          ...lifeAttributes(life, IPSEC_ATTRIBUTE),
        ],
      }),
    );
    if (transforms.length === 0) continue;
    const { protocol } = proposal;
    written.push({ number: written.length + 1, protocol, spi, transforms });
  }
  return written;
}

interface Combination {
  readonly id: number;
  readonly attributes: TransformToWrite['attributes'];
}

function combinations(proposal: Proposal): readonly Combination[] {
  const found: Combination[] = [];
  const integrities = transformsOf(proposal, TRANSFORM.integrity);
  const esns = transformsOf(proposal, TRANSFORM.sequenceNumbers);
  const extended = ({ id }: Transform) => (id === 1 ? [attributeToWrite(IPSEC_ATTRIBUTE.extendedSequence, 1)] : []);
  const push = (id: number | undefined, attributes: TransformToWrite['attributes']): void => {
    if (id !== undefined && found.length < MOST_TRANSFORMS) found.push({ id, attributes });
  };
  for (const esn of esns.length > 0 ? esns : [{ type: TRANSFORM.sequenceNumbers, id: 0 } as const]) {
    if (proposal.protocol === SECURITY_PROTOCOL.ah) {
      for (const integrity of integrities) {
        const value = AUTHENTICATION_VALUES[integrity.id];
        if (value === undefined) continue;
        push(AH_IDS[integrity.id], [attributeToWrite(IPSEC_ATTRIBUTE.authentication, value), ...extended(esn)]);
      }
      continue;
    }
    for (const encryption of transformsOf(proposal, TRANSFORM.encryption)) {
      const id = espId(encryption.id);
      const length =
        encryption.keyLength === undefined ? [] : [attributeToWrite(IPSEC_ATTRIBUTE.keyLength, encryption.keyLength)];
      if (encryptionOf(encryption)?.kind === 'combined') push(id, [...length, ...extended(esn)]);
      else {
        for (const integrity of integrities) {
          const value = AUTHENTICATION_VALUES[integrity.id];
          if (value === undefined) continue;
          const authentication = attributeToWrite(IPSEC_ATTRIBUTE.authentication, value);
          push(id, [...length, authentication, ...extended(esn)]);
        }
      }
    }
  }
  return found;
}

/** Why nothing can be offered of proposals in Quick Mode; `undefined` where something can. */
export function whyNoOffer(proposals: readonly Proposal[]): string | undefined {
  if (proposals.some((proposal) => combinations(proposal).length > 0)) return undefined;
  return withoutNumber(
    proposals.flatMap((proposal) => [
      ...transformsOf(proposal, TRANSFORM.encryption).filter(({ id }) => espId(id) === undefined),
      ...transformsOf(proposal, TRANSFORM.integrity).filter(({ id }) => !(id in AUTHENTICATION_VALUES)),
    ]),
  );
}

function espId(encryption: number): number | undefined {
  if (encryption === GMAC.ikev2) return GMAC.ikev1;
  return encryption <= LAST_ESP_ID ? encryption : undefined;
}

/** A transform of a peer as a proposal of one transform a type, and what else it says. */
export interface QuickOffer {
  readonly proposal: Proposal;
  readonly wire: ProposalOnWire;
  readonly transform: TransformOnWire;
  readonly encapsulation: number | undefined;
  readonly group: number | undefined;
}

/** All that a peer offers. Proposals that share a number belong together (RFC 2408 §4.2), and such bundles are passed over. */
export function quickOffers(proposals: readonly ProposalOnWire[]): {
  readonly offers: readonly QuickOffer[];
  readonly bundled: boolean;
} {
  const alone = proposals.filter(({ number }) => proposals.filter((other) => other.number === number).length === 1);
  const offers = alone.flatMap((wire) => wire.transforms.map((transform) => quickOffer(wire, transform)));
  return { offers, bundled: alone.length < proposals.length };
}

export function quickOffer(wire: ProposalOnWire, transform: TransformOnWire): QuickOffer {
  const of = (type: number): number | undefined => attributeOf(transform, type);
  const group = of(IPSEC_ATTRIBUTE.group);
  const authentication = of(IPSEC_ATTRIBUTE.authentication);
  const ah = wire.protocol === PROTOCOL.ah;
  const integrity =
    authentication === undefined
      ? ah
        ? UNKNOWN
        : undefined
      : ah && INTEGRITY_OF_AH[transform.id] !== INTEGRITY_OF_VALUE[authentication]
        ? UNKNOWN
        : (INTEGRITY_OF_VALUE[authentication] ?? UNKNOWN + authentication);
  const keyLength = of(IPSEC_ATTRIBUTE.keyLength);
  const transforms: Transform[] = [
    ...(ah ? [] : [encryptionFromWire(transform.id, keyLength)]),
    ...(integrity === undefined ? [] : [{ type: TRANSFORM.integrity, id: integrity }]),
    ...(group === undefined ? [] : [{ type: TRANSFORM.keyExchange, id: group }]),
    { type: TRANSFORM.sequenceNumbers, id: of(IPSEC_ATTRIBUTE.extendedSequence) === 1 ? 1 : 0 },
  ];
  return {
    proposal: { protocol: wire.protocol as Proposal['protocol'], transforms },
    wire,
    transform,
    group,
    encapsulation: of(IPSEC_ATTRIBUTE.encapsulation),
  };
}

function encryptionFromWire(id: number, keyLength: number | undefined): Transform {
  const mapped = id === GMAC.ikev1 ? GMAC.ikev2 : id === SEED_CBC || id === LAST_ESP_ID - 1 ? UNKNOWN + id : id;
  const fixed = encryptionOf({ id: mapped }) !== undefined;
  // Ciphers with one key length may name it.
  return { type: TRANSFORM.encryption, id: mapped, ...(keyLength === undefined || fixed ? {} : { keyLength }) };
}

/** Octets of keys that an SA of a chosen proposal takes. */
export function keySizes(proposal: Proposal): { readonly encryption: number; readonly integrity: number } {
  const encryption = encryptionOf(proposal.transforms.find(({ type }) => type === TRANSFORM.encryption));
  const integrity = integrityOf(proposal.transforms.find(({ type }) => type === TRANSFORM.integrity));
  return {
    encryption: encryption === undefined ? 0 : encryption.key + encryption.salt,
    integrity: encryption?.kind === 'combined' ? 0 : (integrity?.key ?? 0),
  };
}

export function encapsulationText(mode: number | undefined): string {
  return mode === undefined ? 'none named' : (ENCAPSULATION_NAMES[mode] ?? `mode ${mode}`);
}

/** A group with its number, for stories: groups 3 and 4 are known by name alone. */
export function isNamedGroup(group: number): boolean {
  return group in GROUP_NAMES;
}
