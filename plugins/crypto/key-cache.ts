/** Entries in one generation of a key cache: two security associations a direction for a hundred peers fit. */
export const KEY_CACHE_ENTRIES = 512;
/** Longer keys (HMAC takes any) are expanded anew each time, so that a cache holds at most entries times this many bytes of keys. */
export const KEY_CACHE_LONGEST = 128;

interface Entry<Value> {
  readonly key: Uint8Array;
  readonly value: Value;
  readonly next: Entry<Value> | undefined;
}

/**
 * A bounded memory of what was computed from a key: key schedules, tables, key objects. Keys are compared byte by byte,
 * so changing a key's array in place is harmless, and forgetting changes no result.
 *
 * Two generations: when the young one is full it becomes the old one and the old one is dropped; what is still in use
 * moves back. So it holds at most twice `entries`, and a hit costs one hash and one comparison.
 */
export class KeyCache<Value> {
  readonly #expand: (key: Uint8Array) => Value;
  readonly #entries: number;
  #young = new Map<number, Entry<Value>>();
  #old = new Map<number, Entry<Value>>();
  #held = 0;

  /** @param expand computes the value, a pure function of the key */
  constructor(expand: (key: Uint8Array) => Value, entries = KEY_CACHE_ENTRIES) {
    this.#expand = expand;
    this.#entries = entries;
  }

  /** The value of `key`, from memory or computed. */
  of(key: Uint8Array): Value {
    if (key.length > KEY_CACHE_LONGEST) return this.#expand(key);
    const slot = slotOf(key);
    const first = this.#young.get(slot);
    const hit = find(first, key);
    if (hit !== undefined) return hit.value;
    const older = find(this.#old.get(slot), key);
    const value = older === undefined ? this.#expand(key) : older.value;
    if (this.#held >= this.#entries) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#held = 0;
      this.#young.set(slot, { key: older?.key ?? key.slice(), value, next: undefined });
    } else {
      this.#young.set(slot, { key: older?.key ?? key.slice(), value, next: first });
    }
    this.#held++;
    return value;
  }

  /** Forgets everything. */
  clear(): void {
    this.#young = new Map();
    this.#old = new Map();
    this.#held = 0;
  }
}

function find<Value>(first: Entry<Value> | undefined, key: Uint8Array): Entry<Value> | undefined {
  for (let entry = first; entry !== undefined; entry = entry.next) {
    if (same(entry.key, key)) return entry;
  }
  return undefined;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** FNV-1a over the bytes. */
function slotOf(key: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ (key[i] as number), 0x01000193);
  return hash;
}
