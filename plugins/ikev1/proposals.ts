import {
  encryptionOf,
  integrityOf,
  keyExchangeOf,
  type Proposal,
  prfOf,
  SECURITY_PROTOCOL,
  TRANSFORM,
  type Transform,
  transformKeyword,
  transformsOf,
} from '../ipsec/contract.ts';
import { MOST_TRANSFORMS } from '../isakmp/contract.ts';
import { type Life, lifeAttributes, lifeOf } from './lifetimes.ts';
import {
  AUTHENTICATION,
  AUTHENTICATION_METHODS,
  ENCRYPTION_NAMES,
  GROUP_NAMES,
  groupName,
  HASH_NAMES,
  IKE_ATTRIBUTE,
} from './names/attributes.ts';
import { PROTOCOL } from './names/identifiers.ts';
import { ENCRYPTION_VALUES, HASH_VALUES } from './names/numbers.ts';
import {
  attributeOf,
  attributeToWrite,
  type ProposalOnWire,
  type ProposalToWrite,
  type TransformOnWire,
  type TransformToWrite,
} from './payloads/security-association.ts';

/** Between the IKE proposals of the configuration, a list a transform type, and those of phase 1, where each transform is one whole choice. */

/** Curve25519 has a number in IKEv2 alone (RFC 8031 §2); strongSwan sends and takes that one in IKEv1 too. */
const CURVE25519 = 31;
/** Groups that are registered for IKEv1 and known here, and the one that implementations use all the same. */
const GROUPS: ReadonlySet<number> = new Set([1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, CURVE25519]);
const KEY_IKE = 1;

/** One choice: an encryption, a hash, a group. Everything is authenticated by pre-shared keys. */
export interface IkeChoice {
  readonly encryption: number;
  readonly keyLength: number | undefined;
  readonly hash: number;
  readonly group: number;
  /** The same as a proposal of one transform a type. */
  readonly proposal: Proposal;
}

/** All choices that proposals stand for, in their order: what IKEv1 does not know is left out. */
export function ikeChoices(proposals: readonly Proposal[]): readonly IkeChoice[] {
  const choices: IkeChoice[] = [];
  for (const proposal of proposals) {
    const encryptions = transformsOf(proposal, TRANSFORM.encryption).filter(({ id }) => id in ENCRYPTION_VALUES);
    const prfs = transformsOf(proposal, TRANSFORM.prf);
    for (const group of transformsOf(proposal, TRANSFORM.keyExchange)) {
      if (!GROUPS.has(group.id)) continue;
      for (const encryption of encryptions) {
        for (const integrity of transformsOf(proposal, TRANSFORM.integrity)) {
          const prf = prfs.find((each) => isSameHash(integrity, each));
          const hash = HASH_VALUES[integrity.id];
          if (prf === undefined || hash === undefined || choices.length >= MOST_TRANSFORMS) continue;
          choices.push({
            encryption: ENCRYPTION_VALUES[encryption.id] as number,
            keyLength: encryption.keyLength,
            hash,
            group: group.id,
            proposal: { protocol: SECURITY_PROTOCOL.ike, transforms: [encryption, integrity, prf, group] },
          });
        }
      }
    }
  }
  return choices;
}

/** Where proposals are written, and one that both versions can say. */
export const SAYABLE = {
  ike: { setting: 'proposals', example: 'aes256-sha256-modp2048' },
  child: { setting: 'esp_proposals', example: 'aes256-sha256' },
} as const;

/** Why proposals come to no choice, by the transforms that have no number in IKEv1: `IKEv1 has no number for x25519`. */
export function whyNoChoice(proposals: readonly Proposal[]): string {
  const strange = proposals.flatMap((proposal) => [
    ...transformsOf(proposal, TRANSFORM.encryption).filter(({ id }) => !(id in ENCRYPTION_VALUES)),
    ...transformsOf(proposal, TRANSFORM.integrity).filter(({ id }) => !(id in HASH_VALUES)),
    ...transformsOf(proposal, TRANSFORM.keyExchange).filter(({ id }) => !GROUPS.has(id)),
  ]);
  if (strange.length === 0) return 'IKEv1 has one hash for integrity and PRF, and the proposals name two';
  return withoutNumber(strange);
}

/** Why not every peer will take the choices: all of them have a group that IKEv1's registry does not name. */
export function whyUnregistered(proposals: readonly Proposal[]): string | undefined {
  const choices = ikeChoices(proposals);
  if (choices.length === 0 || choices.some(({ group }) => group !== CURVE25519)) return undefined;
  return "IKEv1's registry has no number for x25519: that of IKEv2, 31, is sent, as strongSwan does, and others may refuse it";
}

/** `IKEv1 has no number for aes256gcm16 and x25519`, each named once. */
export function withoutNumber(strange: readonly Transform[]): string {
  const names = [...new Set(strange.map(transformKeyword))];
  const last = names.pop();
  return `IKEv1 has no number for ${names.length === 0 ? last : `${names.join(', ')} and ${last}`}`;
}

function isSameHash(integrity: Transform, prf: Transform): boolean {
  const mac = integrityOf(integrity)?.mac;
  return mac !== undefined && 'hmac' in mac && prfOf(prf)?.prf === `hmac-${mac.hmac}`;
}

/** The choices as the one proposal of phase 1 (RFC 2409 §5), numbered from 1. */
export function choicesToWrite(choices: readonly IkeChoice[], life: Life): ProposalToWrite {
  return {
    number: 1,
    protocol: PROTOCOL.isakmp,
    spi: new Uint8Array(0),
    transforms: choices.map((choice, at) => choiceToWrite(choice, at + 1, life)),
  };
}

function choiceToWrite(choice: IkeChoice, number: number, life: Life): TransformToWrite {
  const { encryption, keyLength, hash, group } = choice;
  return {
    number,
    id: KEY_IKE,
    attributes: [
      attributeToWrite(IKE_ATTRIBUTE.encryption, encryption),
      ...(keyLength === undefined ? [] : [attributeToWrite(IKE_ATTRIBUTE.keyLength, keyLength)]),
      attributeToWrite(IKE_ATTRIBUTE.hash, hash),
      attributeToWrite(IKE_ATTRIBUTE.group, group),
      attributeToWrite(IKE_ATTRIBUTE.authentication, AUTHENTICATION.preSharedKey),
      ...lifeAttributes(life, IKE_ATTRIBUTE),
    ],
  };
}

/** What a transform of a peer says. */
interface Offered {
  readonly transform: TransformOnWire;
  readonly encryption: number | undefined;
  readonly keyLength: number | undefined;
  readonly hash: number | undefined;
  readonly group: number | undefined;
  readonly authentication: number | undefined;
}

function offeredOf(transform: TransformOnWire): Offered {
  const of = (type: number): number | undefined => attributeOf(transform, type);
  return {
    transform,
    encryption: of(IKE_ATTRIBUTE.encryption),
    keyLength: of(IKE_ATTRIBUTE.keyLength),
    hash: of(IKE_ATTRIBUTE.hash),
    group: of(IKE_ATTRIBUTE.group),
    authentication: of(IKE_ATTRIBUTE.authentication),
  };
}

/** One thing in which a transform differs from what would do. */
interface Difference {
  readonly what: string;
  readonly mine: string;
  readonly theirs: string;
}

function encryptionText(value: number | undefined, keyLength: number | undefined): string {
  if (value === undefined) return 'none';
  return `${ENCRYPTION_NAMES[value] ?? `encryption ${value}`}${keyLength === undefined ? '' : `-${keyLength}`}`;
}

function groupText(group: number | undefined): string {
  if (group === undefined) return 'no group';
  const known = group in GROUP_NAMES && !GROUPS.has(group) ? ', which is not done here' : '';
  return `${groupName(group)} (group ${group})${known}`;
}

function hashText(hash: number | undefined): string {
  return hash === undefined ? 'none' : (HASH_NAMES[hash] ?? `hash ${hash}`);
}

function differences(mine: IkeChoice, theirs: Offered): readonly Difference[] {
  const found: Difference[] = [];
  if (theirs.transform.id !== KEY_IKE) {
    found.push({ what: 'transform', mine: 'KEY_IKE', theirs: `transform ${theirs.transform.id}` });
  }
  // Ciphers with one key length may leave it out.
  const length = theirs.keyLength === undefined || theirs.keyLength === mine.keyLength;
  const needed = mine.keyLength !== undefined && theirs.keyLength === undefined;
  if (mine.encryption !== theirs.encryption || !length || needed) {
    const texts = [
      encryptionText(mine.encryption, mine.keyLength),
      encryptionText(theirs.encryption, theirs.keyLength),
    ] as const;
    found.push({ what: 'encryption', mine: texts[0], theirs: texts[1] });
  }
  if (mine.hash !== theirs.hash) found.push({ what: 'hash', mine: hashText(mine.hash), theirs: hashText(theirs.hash) });
  if (mine.group !== theirs.group) {
    found.push({ what: 'group', mine: groupText(mine.group), theirs: groupText(theirs.group) });
  }
  if (theirs.authentication !== AUTHENTICATION.preSharedKey) {
    const { authentication } = theirs;
    const named =
      authentication === undefined ? 'none' : (AUTHENTICATION_METHODS[authentication] ?? `method ${authentication}`);
    found.push({ what: 'authentication', mine: 'pre-shared key', theirs: named });
  }
  return found;
}

export type IkeAgreement =
  | {
      readonly choice: IkeChoice;
      /** The peer's transform, to be answered octet for octet, and the proposal that it stood in. */
      readonly transform: TransformOnWire;
      readonly proposal: ProposalOnWire;
      readonly life: Life;
    }
  | { readonly difference: readonly Difference[] };

/** Chooses the peer's transform that comes first among the own choices; where none does, says how the nearest differs. */
export function chooseIke(mine: readonly IkeChoice[], proposals: readonly ProposalOnWire[]): IkeAgreement {
  let nearest: readonly Difference[] | undefined;
  const offered = proposals
    .filter(({ protocol }) => protocol === PROTOCOL.isakmp)
    .flatMap((proposal) => proposal.transforms.map((transform) => ({ proposal, said: offeredOf(transform) })));
  for (const choice of mine) {
    for (const { proposal, said } of offered) {
      const difference = differences(choice, said);
      if (difference.length === 0) {
        return { choice, transform: said.transform, proposal, life: lifeOf(said.transform, IKE_ATTRIBUTE) };
      }
      if (nearest === undefined || difference.length < nearest.length) nearest = difference;
    }
  }
  return { difference: nearest ?? [] };
}

/** `encryption: gw-b accepts AES-CBC-256, 192.0.2.1 offered DES-CBC; group: ...` */
export function describeIkeDifference(difference: readonly Difference[], me: string, peer: string): string {
  if (difference.length === 0) return `${peer} offered nothing for an ISAKMP SA`;
  return difference
    .map(({ what, mine, theirs }) => `${what}: ${me} accepts ${mine}, ${peer} offered ${theirs}`)
    .join('; ');
}

/** What the choices are, in keywords of the configuration. */
export function describeChoices(choices: readonly IkeChoice[]): string {
  return [
    ...new Set(
      choices.map(({ proposal: { transforms } }) =>
        [
          encryptionOf(transforms[0])?.keyword,
          integrityOf(transforms[1])?.keyword,
          keyExchangeOf(transforms[3])?.keyword,
        ].join('-'),
      ),
    ),
  ].join(', ');
}

/** The answer to an offer: the one transform that was chosen, as it came (RFC 2408 §4.2). */
export function chosenToWrite(
  { number, protocol, spi }: ProposalOnWire,
  transform: TransformOnWire,
  ownSpi = spi,
): ProposalToWrite {
  const { id, reserved2, attributes } = transform;
  return { number, protocol, spi: ownSpi, transforms: [{ number: transform.number, id, reserved2, attributes }] };
}
