import { type Context, internetChecksum, type Packet, prepend, read16, read32, write16 } from '../../core/index.ts';
import type { EthernetTag } from '../ethernet/contract.ts';
import {
  formatIpv4,
  type Ipv4Address,
  type Ipv4Calls,
  ipv4Contract,
  ipv4Header,
  ipv4HeaderSize,
} from '../ipv4/contract.ts';
import type { IcmpEcho, IcmpError } from './contract.ts';
import { echoHeader, icmpHeader, isErrorType, parameterHeader, unreachableHeader } from './headers.ts';
import { describeIcmpError, ICMP_TYPE } from './messages.ts';
import { type IcmpState, mayTell } from './state.ts';

export const ICMP_PROTOCOL = 1;
const IP = ipv4Header.offset;
const HEADER_SIZE = icmpHeader.fixedSize;
/** An error quotes as much as fits 576 octets with its own headers (RFC 1812 §4.3.2.3). */
const MOST_QUOTED = 576 - 20 - HEADER_SIZE;
/** Precedence of errors: internetwork control (RFC 1812 §4.3.2.5). */
const ERROR_TOS = 0xc0;

/** Tells the sender of `packet` (its IPv4 header at `packet.start`) of an error, where that is allowed. */
export function sendError(state: IcmpState, error: IcmpError, packet: Packet, ctx: Context): void {
  const ipv4 = ctx.sibling(ipv4Contract) as Ipv4Calls;
  if (!mayBeToldOf(packet, ipv4)) return;
  if (!mayTell(state, ctx.now())) {
    state.suppressed++;
    if (state.suppressed === 1) ctx.note('icmp.rate-limited', { rate: state.config.error_rate }, packet);
    return;
  }
  state.suppressed = 0;
  const { buffer, start, end } = packet;
  const source = read32(buffer, start + IP.source);
  const quoted = buffer.slice(start, Math.min(end, start + MOST_QUOTED));
  const bytes = encodeError(error, quoted);
  const message = ctx.derivePacket(packet, 'quoted', bytes.length);
  // The error is a packet of this node, wherever what it quotes came in.
  message.ingress = -1;
  message.buffer.set(bytes, message.start);
  const values = { to: formatIpv4(source), reason: describeIcmpError(error.type, error.code) };
  ctx.note('icmp.error-sent', values, message);
  ipv4.send(message, { destination: source, protocol: ICMP_PROTOCOL, typeOfService: ERROR_TOS });
}

function encodeError({ type, code, nextHopMtu, pointer }: IcmpError, quoted: Uint8Array): Uint8Array {
  if (type === ICMP_TYPE.unreachable) {
    return unreachableHeader.encode({ type, code, nextHopMtu: Math.min(nextHopMtu ?? 0, 0xffff) }, quoted);
  }
  if (type === ICMP_TYPE.parameterProblem) return parameterHeader.encode({ type, code, pointer: pointer ?? 0 }, quoted);
  return icmpHeader.encode({ type, code }, quoted);
}

/** RFC 1122 §3.2.2 and RFC 1812 §4.3.2.7: what no error is ever sent about. */
function mayBeToldOf(packet: Packet, ipv4: Ipv4Calls): boolean {
  const { buffer, start, end } = packet;
  if ((packet.tags?.ethernet as EthernetTag | undefined)?.group === true) return false;
  const source = read32(buffer, start + IP.source);
  const destination = read32(buffer, start + IP.destination);
  if (!isOneHost(source, ipv4) || destination >>> 28 === 14 || ipv4.isBroadcast(destination)) return false;
  // Only the first fragment tells whose packet it is.
  if ((read16(buffer, start + IP.reserved) & 0x1fff) !== 0) return false;
  if (buffer[start + IP.protocol] !== ICMP_PROTOCOL) return true;
  const message = start + ipv4HeaderSize(buffer, start);
  return message < end && !isErrorType(buffer[message + icmpHeader.offset.type] as number);
}

function isOneHost(address: Ipv4Address, ipv4: Ipv4Calls): boolean {
  const first = address >>> 24;
  return first !== 0 && first !== 127 && first < 224 && !ipv4.isBroadcast(address);
}

/** Sends an echo request with the packet as its data. */
export function sendEcho(packet: Packet, echo: IcmpEcho, ctx: Context): void {
  prepend(packet, HEADER_SIZE);
  const { buffer, start, end } = packet;
  const at = echoHeader.offset;
  buffer[start + at.type] = ICMP_TYPE.echo;
  buffer[start + at.code] = 0;
  write16(buffer, start + at.checksum, 0);
  write16(buffer, start + at.identifier, echo.identifier);
  write16(buffer, start + at.sequence, echo.sequence);
  write16(buffer, start + at.checksum, internetChecksum(buffer, start, end));
  const { destination, source, ttl, dontFragment } = echo;
  (ctx.sibling(ipv4Contract) as Ipv4Calls).send(packet, {
    destination,
    protocol: ICMP_PROTOCOL,
    ...(source === undefined ? {} : { source }),
    ...(ttl === undefined ? {} : { ttl }),
    ...(dontFragment === undefined ? {} : { dontFragment }),
  });
}
