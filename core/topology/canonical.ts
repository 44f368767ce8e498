/** Orders that do not depend on locale, file or host. */

/** By UTF-16 code units. */
export function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** One text for equal plain values: JSON with sorted keys, octets as hexadecimal digits. */
export function canonicalText(value: unknown): string {
  if (value instanceof Uint8Array) {
    return `"0x${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}"`;
  }
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (value instanceof Map) return canonicalText([...value]);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, each]) => each !== undefined);
    entries.sort(([a], [b]) => compareNames(a, b));
    return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonicalText(each)}`).join(',')}}`;
  }
  return typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value) ?? 'null');
}
