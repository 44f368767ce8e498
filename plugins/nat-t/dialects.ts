import type { Context } from '../../core/index.ts';
import { cryptoSlot, equal } from '../crypto/contract.ts';
import type { NatDialect } from '../ipsec/contract.ts';

/** How IKEv1 says that it traverses NATs: a vendor ID, the MD5 hash of a text (RFC 3947 §3.1). */

interface Spoken extends NatDialect {
  /** What the vendor ID is the hash of. */
  readonly text: string;
}

const STANDARD = { discovery: 20, originalAddress: 21, udpTunnel: 3, udpTransport: 4 } as const;
/** Numbers for private use, before there were others. */
const DRAFT = { discovery: 130, originalAddress: 131, udpTunnel: 61443, udpTransport: 61444 } as const;

/** The best first. One implementation hashed the line's end as well, and others followed. */
const SPOKEN: readonly Spoken[] = [
  { name: 'RFC 3947', text: 'RFC 3947', ...STANDARD },
  { name: 'draft-ietf-ipsec-nat-t-ike-03', text: 'draft-ietf-ipsec-nat-t-ike-03', ...DRAFT },
  { name: 'draft-ietf-ipsec-nat-t-ike-02', text: 'draft-ietf-ipsec-nat-t-ike-02\n', ...DRAFT },
  { name: 'draft-ietf-ipsec-nat-t-ike-02', text: 'draft-ietf-ipsec-nat-t-ike-02', ...DRAFT },
];

function vendorId({ text }: Spoken, ctx: Context): Uint8Array {
  return ctx.slot(cryptoSlot).hash('md5', new TextEncoder().encode(text));
}

export function vendorIds(ctx: Context): readonly Uint8Array[] {
  return SPOKEN.map((spoken) => vendorId(spoken, ctx));
}

export function dialectOf(bodies: readonly Uint8Array[], ctx: Context): NatDialect | undefined {
  for (const spoken of SPOKEN) {
    const id = vendorId(spoken, ctx);
    if (!bodies.some((body) => equal(body, id))) continue;
    const { text: _, ...dialect } = spoken;
    return dialect;
  }
  return undefined;
}
