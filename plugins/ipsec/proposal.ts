import type { Transform, TransformType } from './transforms.ts';
import { TRANSFORM, transformKeyword } from './transforms.ts';

/** Security protocol identifiers (RFC 7296 §3.3.1). */
export const SECURITY_PROTOCOL = { ike: 1, ah: 2, esp: 3 } as const;
export type SecurityProtocol = (typeof SECURITY_PROTOCOL)[keyof typeof SECURITY_PROTOCOL];

/** IP protocol numbers of the two protocols that protect packets. */
export const IP_PROTOCOL = { esp: 50, ah: 51 } as const;
export type IpProtocol = (typeof IP_PROTOCOL)[keyof typeof IP_PROTOCOL];

/**
 * One proposal: for each transform type the transforms that would do, best first (RFC 7296 §3.3). A chosen proposal has exactly one of each
 * type that it needs.
 */
export interface Proposal {
  readonly protocol: SecurityProtocol;
  readonly transforms: readonly Transform[];
}

export function transformsOf(proposal: Proposal, type: TransformType): readonly Transform[] {
  return proposal.transforms.filter((transform) => transform.type === type);
}

/** Of a chosen proposal: its transform of a type. */
export function transformOf(proposal: Proposal, type: TransformType): Transform | undefined {
  return proposal.transforms.find((transform) => transform.type === type);
}

/** The proposal without its transforms of a type: without key exchange for the Child SA that IKE_AUTH makes (RFC 7296 §1.2). */
export function withoutTransforms(proposal: Proposal, type: TransformType): Proposal {
  return { ...proposal, transforms: proposal.transforms.filter((transform) => transform.type !== type) };
}

/**
 * In keywords, as the configuration writes it: `aes256-sha256-modp2048`. What follows by itself stays unsaid: sequence numbers of 32 bits,
 * and pseudorandom functions of the same hash as the integrity.
 */
export function describeProposal(proposal: Proposal): string {
  const integrity = new Set(transformsOf(proposal, TRANSFORM.integrity).map((each) => `prf${transformKeyword(each)}`));
  const prfs = transformsOf(proposal, TRANSFORM.prf).map(transformKeyword);
  const impliedPrfs = prfs.length === integrity.size && prfs.every((keyword) => integrity.has(keyword));
  const esn = transformsOf(proposal, TRANSFORM.sequenceNumbers);
  return proposal.transforms
    .filter((transform) => {
      if (transform.type === TRANSFORM.prf) return !impliedPrfs;
      if (transform.type === TRANSFORM.sequenceNumbers) return transform.id !== 0 || esn.length > 1;
      return !(transform.type === TRANSFORM.integrity && transform.id === 0);
    })
    .map(transformKeyword)
    .join('-');
}

export function describeProposals(proposals: readonly Proposal[]): string {
  return proposals.map(describeProposal).join(', ');
}
