import {
  type Context,
  nextUint32,
  type Packet,
  type Protocol,
  type RandomStream,
  read32,
  write32,
} from '../../core/index.ts';
import { cryptoSlot } from '../crypto/contract.ts';
import {
  formatSpi,
  IP_PROTOCOL,
  type IpsecCalls,
  ipsecContract,
  markSeen,
  mayBeNew,
  type NatTraversalTag,
  type ProtectionCalls,
  rewriteHeader,
  type SecurityAssociation,
  saMaterial,
  TWO_TO_32,
  takeSequence,
  wholeSequence,
} from '../ipsec/contract.ts';
import { formatIpv4, ipv4Header } from '../ipv4/contract.ts';
import { AT, ESP_HEADER_SIZE, NO_NEXT_HEADER, TRAILER_SIZE } from './headers.ts';
import { logSaKeys } from './key-log.ts';
import { type EspMaterial, espMaterial } from './material.ts';
import { openEsp } from './open.ts';
import { leastPadding, payloadRoom, sealedSize, sealInPlace, writePadding } from './seal.ts';

/** ESP on a node: it has no state of its own. SAs are ipsec's; it seals for them and opens what comes in. */
export type EspState = Record<string, never>;

const IP_AT = ipv4Header.offset;

export const espProtocol: Protocol<EspState, object> = {
  create: () => ({}),

  receive(_state, packet, ctx) {
    const ipsec = ctx.sibling(ipsecContract);
    if (ipsec === undefined) ctx.drop(packet, 'esp.unknown-spi', aboutPacket(packet));
    else receive(packet, ipsec, ctx);
  },

  calls: (_state, ctx): ProtectionCalls => ({
    install(sa) {
      const made = espMaterial(sa);
      if ('wrong' in made) return made.wrong;
      logSaKeys(sa, ctx);
      return undefined;
    },
    seal: (packet, headerSize, sa) => seal(packet, headerSize, sa, ctx),
    sealedSize: (size, sa) => sealedSize(materialOf(sa, ctx), size),
    payloadRoom: (size, sa) => payloadRoom(materialOf(sa, ctx), size),
  }),
};

function materialOf(sa: SecurityAssociation, ctx: Context): EspMaterial {
  return saMaterial(sa, ctx, espMaterial);
}

function seal(packet: Packet, headerSize: number, sa: SecurityAssociation, ctx: Context): Packet | undefined {
  const sequence = takeSequence(sa);
  if (sequence === undefined) {
    ctx.drop(packet, 'esp.sequence-overflow', { spi: formatSpi(sa.spi) });
    ctx.sibling(ipsecContract)?.sequenceOver(sa);
    return undefined;
  }
  const material = materialOf(sa, ctx);
  const { buffer, start } = packet;
  const payload = packet.end - start - headerSize;
  const total = headerSize + sealedSize(material, payload);
  const sealed = ctx.replacePacket(packet, 'encrypted', total);
  const out = sealed.buffer;
  const header = sealed.start;
  const esp = header + headerSize;
  const ivAt = esp + ESP_HEADER_SIZE;
  const textAt = ivAt + material.encryption.iv;
  const high = Math.floor(sequence / TWO_TO_32);
  out.set(buffer.subarray(start, start + headerSize), header);
  out.set(buffer.subarray(start + headerSize, packet.end), textAt);
  const padding = leastPadding(material, payload);
  writePadding(out, textAt + payload, padding);
  const trailerAt = textAt + payload + padding;
  out[trailerAt] = padding;
  out[trailerAt + TRAILER_SIZE - 1] = buffer[start + IP_AT.protocol] as number;
  writeIv(material, out, ivAt, sequence, high, sa.ivs);
  sealInPlace(ctx.slot(cryptoSlot), material, out, esp, sealed.end, sa.spi, sequence - high * TWO_TO_32, high);
  rewriteHeader(out, header, headerSize, total, IP_PROTOCOL.esp);
  return sealed;
}

/**
 * CBC wants IVs that cannot be guessed (RFC 3602 §3): from the SA's random stream. Counter modes want each IV once: the sequence number
 * (RFC 4106 §3.1, RFC 7634 §2, RFC 3686 §3.1, RFC 4309 §3.1).
 */
function writeIv(
  material: EspMaterial,
  out: Uint8Array,
  at: number,
  sequence: number,
  high: number,
  ivs: RandomStream,
): void {
  if (material.encryption.salt > 0) {
    write32(out, at, high);
    write32(out, at + 4, sequence - high * TWO_TO_32);
    return;
  }
  for (let octet = 0; octet < material.encryption.iv; octet += 4) write32(out, at + octet, nextUint32(ivs));
}

function receive(packet: Packet, ipsec: IpsecCalls, ctx: Context): void {
  const { buffer, start, end } = packet;
  if (end - start < ESP_HEADER_SIZE || packet.outer < 0) {
    ctx.drop(packet, 'esp.malformed', { size: end - start });
    return;
  }
  const spi = read32(buffer, start + AT.spi);
  const low = read32(buffer, start + AT.sequence);
  const sa = ipsec.inboundSa(IP_PROTOCOL.esp, spi, read32(buffer, packet.outer + IP_AT.destination));
  if (sa === undefined) {
    ctx.drop(packet, 'esp.unknown-spi', aboutPacket(packet));
    return;
  }
  const sequence = wholeSequence(sa, low, sa.esn);
  if (!mayBeNew(sa, sequence)) {
    ipsec.refuse(sa);
    const values = { spi: formatSpi(spi), sequence, window: sa.window.length * 32, highest: sa.sequence };
    ctx.drop(packet, 'esp.replayed', values);
    return;
  }
  const material = materialOf(sa, ctx);
  const high = sa.esn ? Math.floor(sequence / TWO_TO_32) : 0;
  const opening = openEsp(ctx.slot(cryptoSlot), material, buffer, start, end, high);
  if (!opening.ok) {
    ipsec.refuse(sa);
    const code = CODE_OF_REFUSAL[opening.refusal];
    const transform = material.encryption.name;
    ctx.drop(packet, code, { spi: formatSpi(spi), sequence, size: end - start, transform });
    return;
  }
  markSeen(sa, sequence);
  if (opening.nextHeader === NO_NEXT_HEADER) {
    ctx.drop(packet, 'esp.dummy', { spi: formatSpi(spi) });
    return;
  }
  const headerSize = start - packet.outer;
  const total = headerSize + opening.payload;
  const opened = ctx.replacePacket(packet, 'decrypted', total);
  const out = opened.buffer;
  out.set(buffer.subarray(packet.outer, start), opened.start);
  out.set(opening.text.subarray(0, opening.payload), opened.start + headerSize);
  rewriteHeader(out, opened.start, headerSize, total, opening.nextHeader);
  // Only the newest packet says where the peer is: one that was kept back or reordered does not.
  const newest = sa.window.length > 0 && sequence === sa.sequence;
  const from = newest ? (packet.tags?.['nat-t'] as NatTraversalTag | undefined)?.source : undefined;
  ipsec.inbound(opened, headerSize, sa, from);
}

const CODE_OF_REFUSAL = { length: 'esp.length', icv: 'esp.integrity-failed', padding: 'esp.padding' } as const;

function aboutPacket(packet: Packet): { spi: string; from: string; to: string } {
  const { buffer, outer } = packet;
  return {
    spi: formatSpi(read32(buffer, packet.start + AT.spi)),
    from: formatIpv4(read32(buffer, outer + IP_AT.source)),
    to: formatIpv4(read32(buffer, outer + IP_AT.destination)),
  };
}
