/** Option types (RFC 791 §3.1; the copied flag is the highest bit). */
export const OPTION = {
  end: 0,
  nothing: 1,
  recordRoute: 7,
  timestamp: 68,
  looseSourceRoute: 131,
  strictSourceRoute: 137,
  routerAlert: 148,
} as const;

const NAMES: Readonly<Record<number, string>> = {
  [OPTION.end]: 'end of options',
  [OPTION.nothing]: 'no operation',
  [OPTION.recordRoute]: 'record route',
  [OPTION.timestamp]: 'timestamp',
  130: 'security',
  [OPTION.looseSourceRoute]: 'loose source route',
  [OPTION.strictSourceRoute]: 'strict source route',
  136: 'stream identifier',
  [OPTION.routerAlert]: 'router alert',
};

export interface Ipv4Option {
  readonly type: number;
  readonly name: string;
  /** Offset of its first octet, and octets in all. */
  readonly at: number;
  readonly size: number;
}

/** The options in `bytes[start, end)`, and where they stop making sense. Bounded by the 40 octets that options can have. */
export function readOptions(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly options: readonly Ipv4Option[]; readonly wrongAt?: number } {
  const options: Ipv4Option[] = [];
  let at = start;
  while (at < end) {
    const type = bytes[at] as number;
    const name = NAMES[type] ?? `option ${type}`;
    if (type === OPTION.end || type === OPTION.nothing) {
      options.push({ type, name, at, size: 1 });
      if (type === OPTION.end) break;
      at++;
      continue;
    }
    const size = at + 1 < end ? (bytes[at + 1] as number) : 0;
    if (size < 2 || at + size > end) return { options, wrongAt: at };
    options.push({ type, name, at, size });
    at += size;
  }
  return { options };
}

/** The options that every fragment carries, filled up with zeros to a multiple of 4 octets (RFC 791 §3.2). */
export function copiedOptions(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const { options } = readOptions(bytes, start, end);
  const copied = options.filter(({ type }) => (type & 0x80) !== 0);
  const size = copied.reduce((sum, option) => sum + option.size, 0);
  const result = new Uint8Array((size + 3) & ~3);
  let to = 0;
  for (const option of copied) {
    result.set(bytes.subarray(option.at, option.at + option.size), to);
    to += option.size;
  }
  return result;
}
