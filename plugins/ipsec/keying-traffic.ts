import type { Context } from '../../core/index.ts';
import { ipv4Contract } from '../ipv4/contract.ts';
import { hasKeying } from './keying.ts';
import { IP_PROTOCOL } from './proposal.ts';
import type { PacketSelector } from './selectors.ts';

const UDP = 17;
/** IKE (RFC 7296 §2) and IKE and ESP in UDP (RFC 3948 §2). */
export const KEYING_PORTS: readonly number[] = [500, 4500];

/**
 * What never meets the policies that protect, as implementations bypass it: key exchange of this node itself, where it has any, and packets
 * that are sealed already for this node or by it.
 */
export function passesAnyway(face: PacketSelector, direction: 'in' | 'out', ctx: Context): boolean {
  const address = direction === 'in' ? face.destination : face.source;
  if (face.protocol === UDP) {
    const port = direction === 'in' ? face.destinationPort : face.sourcePort;
    return KEYING_PORTS.includes(port) && hasKeying(ctx) && isOwn(address, ctx);
  }
  return (face.protocol === IP_PROTOCOL.esp || face.protocol === IP_PROTOCOL.ah) && isOwn(address, ctx);
}

function isOwn(address: number, ctx: Context): boolean {
  return ctx.sibling(ipv4Contract)?.isLocal(address) ?? false;
}
