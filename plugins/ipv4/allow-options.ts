import { type Context, type Packet, read32 } from '../../core/index.ts';
import { ICMP_TYPE, icmpContract, UNREACHABLE } from '../icmp/contract.ts';
import { formatIpv4 } from './address.ts';
import { AT, ipv4HeaderSize } from './headers.ts';
import { OPTION, readOptions } from './options.ts';

/**
 * Looks at the options of a packet on its way: they are passed along as they are, except that source routes are refused
 * (RFC 7126 §4.3, §4.4) and malformed options are told to the sender (RFC 1812 §5.2.4). False when the packet was dropped.
 */
export function optionsAllow(packet: Packet, ctx: Context): boolean {
  const { buffer, start } = packet;
  const { options, wrongAt } = readOptions(buffer, start + AT.options, start + ipv4HeaderSize(buffer, start));
  const icmp = ctx.sibling(icmpContract);
  if (wrongAt !== undefined) {
    const pointer = wrongAt - start;
    icmp?.sendError({ type: ICMP_TYPE.parameterProblem, code: 0, pointer }, packet, packet.ingress);
    ctx.drop(packet, 'ipv4.bad-option', { at: pointer, type: buffer[wrongAt] as number });
    return false;
  }
  const route = options.find(({ type }) => type === OPTION.looseSourceRoute || type === OPTION.strictSourceRoute);
  if (route === undefined) return true;
  const error = { type: ICMP_TYPE.unreachable, code: UNREACHABLE.sourceRouteFailed };
  icmp?.sendError(error, packet, packet.ingress);
  ctx.drop(packet, 'ipv4.source-route', { source: formatIpv4(read32(buffer, start + AT.source)), option: route.name });
  return false;
}
