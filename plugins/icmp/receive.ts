import {
  adjustChecksum,
  type Context,
  internetChecksum,
  type Packet,
  packetLength,
  read16,
  read32,
  write16,
} from '../../core/index.ts';
import { formatIpv4, IP_PROTOCOLS, type Ipv4Calls, ipv4Contract, ipv4Header } from '../ipv4/contract.ts';
import { errorsAbout, type IcmpErrorTag } from './contract.ts';
import { icmpHeader, isErrorType, typeName, unreachableHeader } from './headers.ts';
import { describeIcmpError, ICMP_TYPE, UNREACHABLE } from './messages.ts';
import { ICMP_PROTOCOL } from './send.ts';
import type { IcmpState } from './state.ts';

const IP = ipv4Header.offset;
const AT = icmpHeader.offset;
const HEADER_SIZE = icmpHeader.fixedSize;
/** An error quotes at least a header and 8 octets behind it (RFC 792). */
const LEAST_QUOTED = 28;

/** A message for this node: `packet.start` at its header, `packet.outer` at the IPv4 header. */
export function receive(_state: IcmpState, packet: Packet, ctx: Context): void {
  const { buffer, start, end, outer } = packet;
  const from = formatIpv4(read32(buffer, outer + IP.source));
  if (packetLength(packet) < HEADER_SIZE) {
    ctx.drop(packet, 'icmp.malformed', {
      from,
      message: `${packetLength(packet)} octets, at least ${HEADER_SIZE} expected`,
    });
    return;
  }
  if (internetChecksum(buffer, start, end) !== 0) {
    ctx.drop(packet, 'icmp.bad-checksum', { from });
    return;
  }
  const type = buffer[start + AT.type] as number;
  if (type === ICMP_TYPE.echo) answerEcho(packet, ctx);
  else if (type === ICMP_TYPE.sourceQuench || type === ICMP_TYPE.redirect) {
    ctx.drop(packet, 'icmp.ignored', { from, type: typeName(type) });
  } else if (isErrorType(type)) receiveError(packet, ctx);
  else if (!ctx.deliver(packet, type)) ctx.drop(packet, 'icmp.unasked', { from, type: typeName(type) });
}

/** The request becomes the reply: its type changes, and the checksum with it (RFC 1122 §3.2.2.6). */
function answerEcho(packet: Packet, ctx: Context): void {
  const { buffer, start, end, outer } = packet;
  const ipv4 = ctx.sibling(ipv4Contract) as Ipv4Calls;
  const source = read32(buffer, outer + IP.destination);
  if (!ipv4.isLocal(source)) {
    ctx.drop(packet, 'icmp.broadcast-echo', { from: formatIpv4(read32(buffer, outer + IP.source)) });
    return;
  }
  const destination = read32(buffer, outer + IP.source);
  const tos = buffer[outer + IP.dscp] as number;
  const reply = ctx.replacePacket(packet, 'answer', end - start);
  reply.ingress = -1;
  reply.buffer.set(buffer.subarray(start, end), reply.start);
  const word = read16(buffer, start);
  const answered = word & 0xff;
  write16(reply.buffer, reply.start, answered);
  const checksum = adjustChecksum(read16(buffer, start + AT.checksum), word, answered);
  write16(reply.buffer, reply.start + AT.checksum, checksum);
  ipv4.send(reply, { destination, source, protocol: ICMP_PROTOCOL, typeOfService: tos });
}

function receiveError(packet: Packet, ctx: Context): void {
  const { buffer, start, end, outer } = packet;
  const from = read32(buffer, outer + IP.source);
  const quoted = start + HEADER_SIZE;
  if (end - quoted < LEAST_QUOTED || (buffer[quoted] as number) >> 4 !== 4 || ((buffer[quoted] as number) & 15) < 5) {
    const message = `it quotes ${end - quoted} octets that are no IPv4 packet`;
    ctx.drop(packet, 'icmp.malformed', { from: formatIpv4(from), message });
    return;
  }
  const ipv4 = ctx.sibling(ipv4Contract) as Ipv4Calls;
  const sender = read32(buffer, quoted + IP.source);
  const destination = read32(buffer, quoted + IP.destination);
  if (!ipv4.isLocal(sender)) {
    ctx.drop(packet, 'icmp.not-ours', { from: formatIpv4(from), sender: formatIpv4(sender) });
    return;
  }
  const type = buffer[start + AT.type] as number;
  const code = buffer[start + AT.code] as number;
  const protocol = buffer[quoted + IP.protocol] as number;
  const needsFragmentation = type === ICMP_TYPE.unreachable && code === UNREACHABLE.fragmentationNeeded;
  const nextHopMtu = needsFragmentation ? read16(buffer, start + unreachableHeader.offset.nextHopMtu) : 0;
  const values = {
    from: formatIpv4(from),
    reason: describeIcmpError(type, code),
    destination: formatIpv4(destination),
    protocol: IP_PROTOCOLS[protocol] ?? protocol,
  };
  ctx.note('icmp.error-received', values, packet);
  if (needsFragmentation) ipv4.learnPathMtu(destination, nextHopMtu, read16(buffer, quoted + IP.totalLength));
  const tag: IcmpErrorTag = { type, code, from, nextHopMtu };
  packet.tags = { ...packet.tags, icmp: tag };
  packet.outer = start;
  packet.start = quoted;
  if (!ctx.deliver(packet, errorsAbout(protocol))) ctx.consume(packet);
}
