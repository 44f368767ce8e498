/**
 * An Ethernet address as an unsigned 48-bit number, so that tables are keyed by numbers: 02:00:00:00:00:01 is 0x020000000001.
 * The first octet on the wire is the most significant.
 */
export type MacAddress = number;

/** All ones: every station (IEEE 802.3 §3.2.3). */
export const BROADCAST_MAC: MacAddress = 0xffff_ffff_ffff;

const LOW = 0x1_0000_0000;

/** Reads the six octets at `at`. No bounds are checked. */
export function readMac(bytes: Uint8Array, at: number): MacAddress {
  return (
    (((bytes[at] as number) << 8) | (bytes[at + 1] as number)) * LOW +
    ((((bytes[at + 2] as number) << 24) |
      ((bytes[at + 3] as number) << 16) |
      ((bytes[at + 4] as number) << 8) |
      (bytes[at + 5] as number)) >>>
      0)
  );
}

/** Writes six octets at `at`. No bounds are checked. */
export function writeMac(bytes: Uint8Array, at: number, mac: MacAddress): void {
  const low = mac >>> 0;
  // A product, where a quotient would say the same: division costs several times as much.
  const high = (mac - low) * (1 / LOW);
  bytes[at] = high >>> 8;
  bytes[at + 1] = high;
  bytes[at + 2] = low >>> 24;
  bytes[at + 3] = low >>> 16;
  bytes[at + 4] = low >>> 8;
  bytes[at + 5] = low;
}

/** The individual/group bit: the address of a group, broadcast included. */
export function isGroupMac(mac: MacAddress): boolean {
  return (Math.floor(mac / 0x100_0000_0000) & 1) === 1;
}

/** `02:00:00:00:00:01`. */
export function formatMac(mac: MacAddress): string {
  return (mac.toString(16).padStart(12, '0').match(/../g) ?? []).join(':');
}

/** Reads `02:00:00:00:00:01` or `02-00-00-00-00-01`, in either case; `undefined` when it is not one. */
export function parseMac(text: string): MacAddress | undefined {
  if (!/^[0-9a-fA-F]{2}([:-])[0-9a-fA-F]{2}(\1[0-9a-fA-F]{2}){4}$/.test(text)) return undefined;
  return Number.parseInt(text.replace(/[:-]/g, ''), 16);
}
