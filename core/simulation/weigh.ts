/** What an object, an entry and a value cost beside their content, about. */
const OBJECT_OCTETS = 48;
const ENTRY_OCTETS = 16;
const VALUE_OCTETS = 8;

/** About how many octets of memory plain data takes. Parts that are met twice count once. */
export function weigh(plain: unknown): number {
  let octets = 0;
  const seen = new Set<object>();
  const pending: unknown[] = [plain];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === 'string') octets += 2 * value.length;
    if (typeof value !== 'object' || value === null) {
      octets += VALUE_OCTETS;
      continue;
    }
    if (seen.has(value)) continue;
    seen.add(value);
    octets += OBJECT_OCTETS;
    if (ArrayBuffer.isView(value)) octets += value.byteLength;
    else if (value instanceof ArrayBuffer) octets += value.byteLength;
    else if (Array.isArray(value)) for (const item of value) pending.push(item);
    else if (value instanceof Set) for (const item of value) pending.push(item);
    else if (value instanceof Map) for (const [key, item] of value) pending.push(key, item);
    else {
      for (const item of Object.values(value)) {
        octets += ENTRY_OCTETS;
        pending.push(item);
      }
    }
  }
  return octets;
}
