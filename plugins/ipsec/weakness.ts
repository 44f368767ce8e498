import { describeProposal, type Proposal } from './proposal.ts';
import { prfOf, TRANSFORM, type Transform, transformKeyword, weaknessOfTransform } from './transforms.ts';

/** What is weak among transforms, for all who show it: reading a topology, stories, tables and dissections. */

/** The weak ones, each once: keyword and reason. A pseudorandom function is told where no integrity of the same hash is. */
export function weakTransforms(transforms: readonly Transform[]): ReadonlyMap<string, string> {
  const weak = new Map<string, string>();
  for (const transform of transforms) {
    const reason = weaknessOfTransform(transform);
    if (reason !== undefined) weak.set(transformKeyword(transform), reason);
  }
  for (const transform of transforms) {
    const prf = transform.type === TRANSFORM.prf ? prfOf(transform) : undefined;
    if (prf?.weak !== undefined && !weak.has(prf.keyword.slice('prf'.length))) weak.set(prf.keyword, prf.weak);
  }
  return weak;
}

/** The reasons, one after the other; empty where nothing is weak. */
export function weaknessText(transforms: readonly Transform[]): string {
  return [...weakTransforms(transforms).values()].join('; ');
}

/** ` (weak: 3des, md5)`, to stand behind what names the transforms; empty where nothing is weak. */
export function weakMark(transforms: readonly Transform[]): string {
  const weak = [...weakTransforms(transforms).keys()];
  return weak.length === 0 ? '' : ` (weak: ${weak.join(', ')})`;
}

/** A proposal as stories tell it: its keywords, and which of them are weak. */
export function proposalInStory(proposal: Proposal): string {
  return describeProposal(proposal) + weakMark(proposal.transforms);
}
