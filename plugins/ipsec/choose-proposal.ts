import { describeProposals, type Proposal, transformsOf } from './proposal.ts';
import {
  sameTransform,
  TRANSFORM,
  TRANSFORM_TYPE_NAMES,
  type Transform,
  type TransformType,
  transformKeyword,
} from './transforms.ts';

/** One transform type in which two proposals do not meet, in keywords. An empty list: that side offers none. */
export interface TransformDifference {
  readonly type: TransformType;
  readonly mine: readonly string[];
  readonly theirs: readonly string[];
}

export type ProposalChoice =
  | {
      /** One transform of each type. */
      readonly chosen: Proposal;
      /** Index of the peer's proposal that it was chosen from: its number less one. */
      readonly offered: number;
    }
  | {
      /** How the two proposals that come nearest to each other differ. */
      readonly difference: readonly TransformDifference[];
      /** What each side offers, in keywords. */
      readonly mine: string;
      readonly theirs: string;
    };

const TYPES: readonly TransformType[] = [
  TRANSFORM.encryption,
  TRANSFORM.integrity,
  TRANSFORM.prf,
  TRANSFORM.keyExchange,
  TRANSFORM.sequenceNumbers,
];

/**
 * Chooses (RFC 7296 §2.7): one transform of each type from one of the peer's proposals. `prefer` says whose order decides: `mine` goes by
 * the configuration, as strongSwan does by default, `theirs` by the peer's. Proposals for other protocols are passed over.
 */
export function chooseProposal(
  mine: readonly Proposal[],
  theirs: readonly Proposal[],
  prefer: 'mine' | 'theirs' = 'mine',
): ProposalChoice {
  const [first, second] = prefer === 'mine' ? [mine, theirs] : [theirs, mine];
  let nearest: readonly TransformDifference[] | undefined;
  for (const preferred of first) {
    for (const other of second) {
      if (preferred.protocol !== other.protocol) continue;
      const transforms = meeting(preferred, other);
      if (transforms !== undefined) {
        const offered = theirs.indexOf(prefer === 'mine' ? other : preferred);
        return { chosen: { protocol: preferred.protocol, transforms }, offered };
      }
      const difference = differenceOf(prefer === 'mine' ? preferred : other, prefer === 'mine' ? other : preferred);
      if (nearest === undefined || difference.length < nearest.length) nearest = difference;
    }
  }
  return { difference: nearest ?? [], mine: describeProposals(mine), theirs: describeProposals(theirs) };
}

/** The first common transform of each type; `undefined` where a type has none. */
function meeting(preferred: Proposal, other: Proposal): readonly Transform[] | undefined {
  const chosen: Transform[] = [];
  for (const type of TYPES) {
    const wanted = choicesOf(preferred, type);
    const offered = choicesOf(other, type);
    if (wanted.length === 0 && offered.length === 0) continue;
    const common = wanted.find((transform) => offered.some((each) => sameTransform(each, transform)));
    if (common === undefined) return undefined;
    if (!isNone(common)) chosen.push(common);
  }
  // Types that are not known here cannot be chosen from (RFC 7296 §3.3.6).
  const unknown = [...preferred.transforms, ...other.transforms].some(({ type }) => !TYPES.includes(type));
  return unknown ? undefined : chosen;
}

/** What a proposal admits of a type. Saying nothing of integrity or key exchange is the same as offering NONE (RFC 7296 §3.3.6). */
function choicesOf(proposal: Proposal, type: TransformType): readonly Transform[] {
  const named = transformsOf(proposal, type);
  if (named.length > 0) return named;
  return type === TRANSFORM.integrity || type === TRANSFORM.keyExchange ? [{ type, id: 0 }] : [];
}

function isNone({ type, id }: Transform): boolean {
  return id === 0 && (type === TRANSFORM.integrity || type === TRANSFORM.keyExchange);
}

function differenceOf(mine: Proposal, theirs: Proposal): readonly TransformDifference[] {
  const differences: TransformDifference[] = [];
  const types = new Set([...TYPES, ...theirs.transforms.map(({ type }) => type)]);
  for (const type of types) {
    const wanted = choicesOf(mine, type);
    const offered = choicesOf(theirs, type);
    if (wanted.length === 0 && offered.length === 0) continue;
    if (wanted.some((transform) => offered.some((each) => sameTransform(each, transform)))) continue;
    differences.push({ type, mine: wanted.map(transformKeyword), theirs: offered.map(transformKeyword) });
  }
  return differences;
}

/** `encryption: gw-b accepts aes256, gw-a offered aes128; key exchange: ...` */
export function describeDifference(difference: readonly TransformDifference[], me: string, peer: string): string {
  if (difference.length === 0) return `${peer} offered no proposal for this protocol`;
  return difference
    .map(({ type, mine, theirs }) => {
      const name = TRANSFORM_TYPE_NAMES[type] ?? `transform type ${type}`;
      return `${name}: ${me} accepts ${mine.join(', ') || 'none'}, ${peer} offered ${theirs.join(', ') || 'none'}`;
    })
    .join('; ');
}

/** Is `chosen` something that was proposed: one transform a type, each of them from one of the proposals (RFC 7296 §3.3)? */
export function isChosenFrom(chosen: Proposal, proposed: readonly Proposal[]): boolean {
  const oneOfEach = new Set(chosen.transforms.map(({ type }) => type)).size === chosen.transforms.length;
  return (
    oneOfEach &&
    proposed.some(
      (proposal) =>
        proposal.protocol === chosen.protocol &&
        chosen.transforms.every((transform) =>
          choicesOf(proposal, transform.type).some((each) => sameTransform(each, transform)),
        ) &&
        TYPES.every(
          (type) =>
            choicesOf(proposal, type).length === 0 ||
            choicesOf(proposal, type).some(isNone) ||
            chosen.transforms.some((transform) => transform.type === type),
        ),
    )
  );
}
