import { header, unsigned } from '../../core/index.ts';
import type { Ipv4Address } from '../ipv4/contract.ts';

/** NAT-OA, the body behind its generic header, 8 octets for IPv4 (RFC 3947 §5.2). */
export const originalAddressBody = header({
  name: 'nat-oa',
  title: 'NAT Original Address',
  source: 'RFC 3947 §5.2',
  fields: {
    idType: unsigned(8, { label: 'ID type', names: { 1: 'ID_IPV4_ADDR', 5: 'ID_IPV6_ADDR' } }),
    reserved: unsigned(24, { label: 'Reserved' }),
    address: unsigned(32, { label: 'IPv4 address', radix: 16 }),
  },
});

const ID_IPV4_ADDR = 1;

export function originalAddress(address: Ipv4Address): Uint8Array {
  return originalAddressBody.encode({ idType: ID_IPV4_ADDR, reserved: 0, address });
}

/** `undefined` for other kinds of addresses and for what is no body of the payload. */
export function readOriginalAddress(body: Uint8Array): Ipv4Address | undefined {
  const read = originalAddressBody.decode(body, 0, body.length);
  if (!read.ok || body.length !== originalAddressBody.fixedSize || read.value.idType !== ID_IPV4_ADDR) return undefined;
  return read.value.address;
}
