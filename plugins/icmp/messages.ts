/** Message types (RFC 792). */
export const ICMP_TYPE = {
  echoReply: 0,
  unreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echo: 8,
  timeExceeded: 11,
  parameterProblem: 12,
} as const;

/** Codes of destination unreachable (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1). */
export const UNREACHABLE = {
  net: 0,
  host: 1,
  protocol: 2,
  port: 3,
  fragmentationNeeded: 4,
  sourceRouteFailed: 5,
  prohibited: 13,
} as const;

/** Codes of time exceeded. */
export const TIME_EXCEEDED = { inTransit: 0, reassembly: 1 } as const;

const UNREACHABLE_NAMES: Readonly<Record<number, string>> = {
  0: 'network unreachable',
  1: 'host unreachable',
  2: 'protocol unreachable',
  3: 'port unreachable',
  4: 'fragmentation needed and DF set',
  5: 'source route failed',
  6: 'network unknown',
  7: 'host unknown',
  9: 'network administratively prohibited',
  10: 'host administratively prohibited',
  11: 'network unreachable for this type of service',
  12: 'host unreachable for this type of service',
  13: 'communication administratively prohibited',
};

/** What an error says, in words: `host unreachable`. */
export function describeIcmpError(type: number, code: number): string {
  if (type === ICMP_TYPE.unreachable) return UNREACHABLE_NAMES[code] ?? `destination unreachable, code ${code}`;
  if (type === ICMP_TYPE.timeExceeded)
    return code === 0 ? 'time to live exceeded' : 'fragment reassembly time exceeded';
  if (type === ICMP_TYPE.parameterProblem) return 'parameter problem';
  if (type === ICMP_TYPE.redirect) return 'redirect';
  if (type === ICMP_TYPE.sourceQuench) return 'source quench';
  return `type ${type}, code ${code}`;
}
