import { type Proposal, type SecurityProtocol, TRANSFORM, type Transform } from '../ipsec/contract.ts';
import {
  keyBitsOf,
  type Proposal as ProposalOnWire,
  type ProposalToWrite,
  transformToWrite,
} from './payloads/security-association.ts';

/** Between the proposals of the configuration and those of SA payloads. */

/** The proposals of an SA payload. Numbers count from 1 (RFC 7296 §3.3.1); each names the SPI that its sender will receive on. */
export function proposalsToWrite(proposals: readonly Proposal[], spi: Uint8Array): readonly ProposalToWrite[] {
  return proposals.map((proposal, index) => proposalToWrite(proposal, spi, index + 1));
}

export function proposalToWrite(proposal: Proposal, spi: Uint8Array, number: number): ProposalToWrite {
  return {
    number,
    protocol: proposal.protocol,
    spi,
    transforms: proposal.transforms.map(({ type, id, keyLength }) => transformToWrite(type, id, keyLength)),
  };
}

/** What a peer proposed. Transform types that are not understood stay, so that the choice can pass over their proposal. */
export function proposalFromWire({ protocol, transforms }: ProposalOnWire): Proposal {
  return {
    protocol: protocol as SecurityProtocol,
    transforms: transforms.map((transform): Transform => {
      const keyLength = keyBitsOf(transform);
      const type = transform.type as Transform['type'];
      return { type, id: transform.id, ...(keyLength === undefined ? {} : { keyLength }) };
    }),
  };
}

/** The proposal without the transforms of key exchange NONE: they say what leaving them out says (RFC 7296 §3.3.6). */
export function withoutNone(proposal: Proposal): Proposal {
  const isNone = ({ type, id }: Transform): boolean =>
    id === 0 && (type === TRANSFORM.keyExchange || type === TRANSFORM.integrity);
  return { ...proposal, transforms: proposal.transforms.filter((transform) => !isNone(transform)) };
}
