/** Groups of 16 bits in an address. */
const GROUPS = 8;

/** The canonical text of 16 octets: lower case, the longest run of zero groups (the first of equals, of two at least) as `::` (RFC 5952). */
export function formatIpv6(octets: Uint8Array): string {
  const groups = Array.from({ length: GROUPS }, (_, at) => ((octets[2 * at] ?? 0) << 8) | (octets[2 * at + 1] ?? 0));
  let [from, length] = [0, 0];
  for (let at = 0; at < GROUPS; at++) {
    let run = 0;
    while (at + run < GROUPS && groups[at + run] === 0) run++;
    if (run > length) [from, length] = [at, run];
  }
  const text = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  if (length < 2) return text(groups);
  return `${text(groups.slice(0, from))}::${text(groups.slice(from + length))}`;
}
