/** IPv4 addresses as unsigned 32-bit numbers, and how they are written. */

/** An IPv4 address as an unsigned 32-bit number: 10.0.0.1 is 0x0a000001. */
export type Ipv4Address = number;

/** A range of addresses that share their first `prefix` bits; the host bits of `network` are zero. */
export interface Ipv4Prefix {
  readonly network: Ipv4Address;
  readonly prefix: number;
}

/** An address of an interface: the value of the address syntax `ipv4`. */
export type Ipv4InterfaceAddress = { readonly address: Ipv4Address; readonly prefix: number };

/** What was read, or a sentence that says what is wrong with it. */
export type Ipv4Reading<T> = { readonly value: T } | { readonly wrong: string };

export const LIMITED_BROADCAST: Ipv4Address = 0xffff_ffff;

/** `10.0.0.1`. */
export function formatIpv4(address: Ipv4Address): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** `10.0.0.0/8`. */
export function formatIpv4Prefix({ network, prefix }: Ipv4Prefix): string {
  return `${formatIpv4(network)}/${prefix}`;
}

/** The network mask of a prefix length from 0 to 32, unsigned. */
export function ipv4Mask(prefix: number): number {
  return prefix === 0 ? 0 : (0xffff_ffff << (32 - prefix)) >>> 0;
}

export function inIpv4Prefix(address: Ipv4Address, network: Ipv4Address, prefix: number): boolean {
  return (address & ipv4Mask(prefix)) >>> 0 === network;
}

/** Dotted decimal, four numbers from 0 to 255 without leading zeros (RFC 6943 §3.1.1: other readings differ between systems). */
export function parseIpv4(text: string): Ipv4Address | undefined {
  const reading = readIpv4(text);
  return 'value' in reading ? reading.value : undefined;
}

/** As `parseIpv4`, and says what is wrong. */
export function readIpv4(text: string): Ipv4Reading<Ipv4Address> {
  const shown = text.length > 40 ? `${text.slice(0, 39)}…` : text;
  const parts = text.length > 40 ? [] : text.split('.');
  if (parts.length !== 4) return { wrong: `\`${shown}\` is not an IPv4 address such as 192.168.1.20` };
  let address = 0;
  for (const part of parts) {
    if (!/^[0-9]+$/.test(part)) return { wrong: `\`${shown}\`: \`${part}\` is not a number from 0 to 255` };
    if (part.length > 1 && part.startsWith('0')) {
      return { wrong: `\`${shown}\`: \`${part}\` has a leading zero, which some systems read as octal` };
    }
    if (part.length > 3 || Number(part) > 255) return { wrong: `\`${shown}\`: ${part} is more than 255` };
    address = address * 256 + Number(part);
  }
  return { value: address };
}

/** `10.1.0.0/24`, or one address, which is a /32. The host bits must be zero. */
export function readIpv4Prefix(text: string): Ipv4Reading<Ipv4Prefix> {
  const read = readSlashed(text, true);
  if ('wrong' in read) return read;
  const { address, prefix } = read.value;
  const network = (address & ipv4Mask(prefix)) >>> 0;
  if (network !== address) {
    const meant = formatIpv4Prefix({ network, prefix });
    return { wrong: `\`${text}\` has host bits set: did you mean \`${meant}\` or \`${formatIpv4(address)}/32\`?` };
  }
  return { value: { network, prefix } };
}

/** `192.168.1.20/24`: an address that an interface can have, with the prefix length of its link. */
export function readIpv4InterfaceAddress(text: string): Ipv4Reading<Ipv4InterfaceAddress> {
  const read = readSlashed(text, false);
  if ('wrong' in read) return read;
  const { address, prefix } = read.value;
  const first = address >>> 24;
  if (first === 0) return { wrong: `\`${text}\`: addresses in 0.0.0.0/8 mean "this network" (RFC 1122 §3.2.1.3)` };
  if (first === 127) return { wrong: `\`${text}\`: loopback addresses are never on a link (RFC 1122 §3.2.1.3)` };
  if (first >= 224 && first < 240)
    return { wrong: `\`${text}\` is a multicast address, an interface has none of its own` };
  if (first >= 240) return { wrong: `\`${text}\` is in 240.0.0.0/4, which is reserved (RFC 1112 §4)` };
  if (prefix === 0) return { wrong: `\`${text}\`: an interface's prefix length is from 1 to 32` };
  // RFC 3021: on a /31 both addresses are hosts; a /32 is a host alone.
  if (prefix < 31) {
    const host = (address & ~ipv4Mask(prefix)) >>> 0;
    const network = (address & ipv4Mask(prefix)) >>> 0;
    if (host === 0) {
      return {
        wrong: `\`${text}\` is the network's own address (host bits all zero), did you mean \`${formatIpv4(address + 1)}/${prefix}\`?`,
      };
    }
    if (host === ~ipv4Mask(prefix) >>> 0) {
      return {
        wrong: `\`${text}\` is the broadcast address of ${formatIpv4Prefix({ network, prefix })} (host bits all one)`,
      };
    }
  }
  return { value: { address, prefix } };
}

/** 255.255.255.0 is 24; `undefined` where the text is no mask. */
function prefixOfMask(text: string): number | undefined {
  const mask = parseIpv4(text);
  for (let prefix = 32; mask !== undefined && prefix > 0; prefix--) if (ipv4Mask(prefix) === mask) return prefix;
  return undefined;
}

function readSlashed(text: string, bare: boolean): Ipv4Reading<Ipv4InterfaceAddress> {
  // `10.1.0.1 255.255.255.0`, as routers have it, is looked at like a mask behind a slash.
  const slash = text.search(/\/|\s(?=\d)/);
  const address = readIpv4(slash < 0 ? text : text.slice(0, slash));
  if ('wrong' in address) return address;
  if (slash < 0) {
    if (bare) return { value: { address: address.value, prefix: 32 } };
    return { wrong: `\`${text}\` has no prefix length: write \`${text}/24\` or the like` };
  }
  const length = text.slice(slash + 1);
  if (!/^(0|[1-9][0-9]?)$/.test(length) || Number(length) > 32) {
    const meant = prefixOfMask(length);
    if (meant !== undefined) {
      const suggestion = `${formatIpv4(address.value)}/${meant}`;
      return { wrong: `\`${text}\`: a prefix length stands here, not a mask, did you mean \`${suggestion}\`?` };
    }
    return { wrong: `\`${text}\`: a prefix length is a number from 0 to 32` };
  }
  return { value: { address: address.value, prefix: Number(length) } };
}
