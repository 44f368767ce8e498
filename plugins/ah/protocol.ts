import { type Context, type Packet, type Protocol, read32 } from '../../core/index.ts';
import { cryptoSlot } from '../crypto/contract.ts';
import {
  formatSpi,
  IP_PROTOCOL,
  type IpsecCalls,
  ipsecContract,
  markSeen,
  mayBeNew,
  type ProtectionCalls,
  rewriteHeader,
  type SecurityAssociation,
  saMaterial,
  TWO_TO_32,
  takeSequence,
  wholeSequence,
} from '../ipsec/contract.ts';
import { formatIpv4, ipv4Header, isFragment } from '../ipv4/contract.ts';
import { authenticateInPlace, verifyAh } from './authenticate.ts';
import { AH_FIXED_SIZE, AT } from './headers.ts';
import { logSaKeys } from './key-log.ts';
import { type AhMaterial, ahMaterial } from './material.ts';

/** AH on a node: it has no state of its own. SAs are ipsec's; it authenticates for them and verifies what comes in. */
export type AhState = Record<string, never>;

const IP_AT = ipv4Header.offset;

export const ahProtocol: Protocol<AhState, object> = {
  create: () => ({}),

  receive(_state, packet, ctx) {
    const ipsec = ctx.sibling(ipsecContract);
    if (ipsec === undefined) ctx.drop(packet, 'ah.unknown-spi', aboutPacket(packet));
    else receive(packet, ipsec, ctx);
  },

  calls: (_state, ctx): ProtectionCalls => ({
    install(sa) {
      const made = ahMaterial(sa);
      if ('wrong' in made) return made.wrong;
      logSaKeys(sa, ctx);
      return undefined;
    },
    seal: (packet, headerSize, sa) => seal(packet, headerSize, sa, ctx),
    sealedSize: (size, sa) => materialOf(sa, ctx).size + size,
    payloadRoom: (size, sa) => Math.max(0, size - materialOf(sa, ctx).size),
  }),
};

function materialOf(sa: SecurityAssociation, ctx: Context): AhMaterial {
  return saMaterial(sa, ctx, ahMaterial);
}

function seal(packet: Packet, headerSize: number, sa: SecurityAssociation, ctx: Context): Packet | undefined {
  const sequence = takeSequence(sa);
  if (sequence === undefined) {
    ctx.drop(packet, 'ah.sequence-overflow', { spi: formatSpi(sa.spi) });
    ctx.sibling(ipsecContract)?.sequenceOver(sa);
    return undefined;
  }
  const material = materialOf(sa, ctx);
  const { buffer, start, end } = packet;
  const nextHeader = buffer[start + IP_AT.protocol] as number;
  const sealed = ctx.replacePacket(packet, 'authenticated', end - start + material.size);
  const out = sealed.buffer;
  const header = sealed.start;
  out.set(buffer.subarray(start, start + headerSize), header);
  out.set(buffer.subarray(start + headerSize, end), header + headerSize + material.size);
  const sequenceHigh = Math.floor(sequence / TWO_TO_32);
  const sealing = { spi: sa.spi, sequence: sequence - sequenceHigh * TWO_TO_32, sequenceHigh, nextHeader };
  authenticateInPlace(ctx.slot(cryptoSlot), material, out, header, headerSize, sealed.end, sealing);
  return sealed;
}

function receive(packet: Packet, ipsec: IpsecCalls, ctx: Context): void {
  const { buffer, start, end, outer } = packet;
  if (end - start < AH_FIXED_SIZE || outer < 0) {
    ctx.drop(packet, 'ah.malformed', { size: end - start });
    return;
  }
  if (isFragment(buffer, outer)) {
    ctx.drop(packet, 'ah.fragment', aboutPacket(packet));
    return;
  }
  const spi = read32(buffer, start + AT.spi);
  const low = read32(buffer, start + AT.sequence);
  const sa = ipsec.inboundSa(IP_PROTOCOL.ah, spi, read32(buffer, outer + IP_AT.destination));
  if (sa === undefined) {
    ctx.drop(packet, 'ah.unknown-spi', aboutPacket(packet));
    return;
  }
  const sequence = wholeSequence(sa, low, sa.esn);
  if (!mayBeNew(sa, sequence)) {
    ipsec.refuse(sa);
    const values = { spi: formatSpi(spi), sequence, window: sa.window.length * 32, highest: sa.sequence };
    ctx.drop(packet, 'ah.replayed', values);
    return;
  }
  const material = materialOf(sa, ctx);
  const high = sa.esn ? Math.floor(sequence / TWO_TO_32) : 0;
  const headerSize = start - outer;
  const verdict = verifyAh(ctx.slot(cryptoSlot), material, buffer, outer, headerSize, end, high);
  if (!verdict.ok) {
    ipsec.refuse(sa);
    const code = verdict.refusal === 'icv' ? 'ah.integrity-failed' : 'ah.length';
    const about = { ...aboutPacket(packet), sequence, size: end - start, transform: material.integrity.name };
    ctx.drop(packet, code, { ...about, expected: formatIpv4(sa.source) });
    return;
  }
  markSeen(sa, sequence);
  const total = headerSize + end - start - verdict.size;
  const opened = ctx.replacePacket(packet, 'verified', total);
  const out = opened.buffer;
  out.set(buffer.subarray(outer, start), opened.start);
  out.set(buffer.subarray(start + verdict.size, end), opened.start + headerSize);
  rewriteHeader(out, opened.start, headerSize, total, verdict.nextHeader);
  ipsec.inbound(opened, headerSize, sa);
}

function aboutPacket({ buffer, start, outer }: Packet): { spi: string; from: string; to: string } {
  return {
    spi: formatSpi(read32(buffer, start + AT.spi)),
    from: formatIpv4(read32(buffer, outer + IP_AT.source)),
    to: formatIpv4(read32(buffer, outer + IP_AT.destination)),
  };
}
