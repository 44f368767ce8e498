/**
 * Plain data (what `structuredClone` takes, without class instances) as octets and back, for files and for threads of another host.
 * Parts that are met twice stay one part, as in a clone. Little endian, as every host that runs this is.
 *
 * `I K B 1`, then one value: a tag octet and what the tag says. Counts and lengths are LEB128.
 */
const MAGIC = [0x49, 0x4b, 0x42, 0x31];

const TAG = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  double: 4,
  natural: 5,
  text: 6,
  /** UTF-16 code units, for text that is no well-formed Unicode. */
  units: 7,
  array: 8,
  object: 9,
  map: 10,
  set: 11,
  view: 12,
  reference: 13,
} as const;

const VIEWS = [
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigUint64Array,
  BigInt64Array,
] as const;

/** Parts within parts; deeper ones are refused rather than risked. */
const DEEPEST = 1000;
const LONE_SURROGATE = /\p{Surrogate}/u;
const LARGEST_NATURAL = 0xffff_ffff;

/** Throws a RangeError for what is no plain data: functions, symbols, instances of classes, parts nested too deep. */
export function plainToBytes(value: unknown): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  for (const octet of MAGIC) writer.octet(octet);
  writer.value(value, 0);
  return writer.finish();
}

/** The value, or what is wrong with the octets. Never throws; work and memory are bounded by the octets' number. */
export function plainFromBytes(bytes: Uint8Array): { readonly value: unknown } | { readonly wrong: string } {
  if (!MAGIC.every((octet, at) => bytes[at] === octet)) return { wrong: 'these octets are no saved run' };
  try {
    const reader = new Reader(bytes, MAGIC.length);
    const value = reader.value(0);
    if (reader.at !== bytes.length) return { wrong: `the saved run ends at octet ${reader.at} of ${bytes.length}` };
    return { value };
  } catch (error) {
    if (error instanceof Damaged) return { wrong: error.message };
    throw error;
  }
}

// Not `instanceof`: what another realm made, such as a test's clone, is as good.
const isMap = (part: object): part is Map<unknown, unknown> => Object.prototype.toString.call(part) === '[object Map]';
const isSet = (part: object): part is Set<unknown> => Object.prototype.toString.call(part) === '[object Set]';

class Writer {
  #bytes = new Uint8Array(4096);
  #at = 0;
  readonly #seen = new Map<object, number>();

  octet(value: number): void {
    this.#room(1);
    this.#bytes[this.#at++] = value;
  }

  finish(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#at);
  }

  value(value: unknown, depth: number): void {
    if (value === undefined) this.octet(TAG.undefined);
    else if (value === null) this.octet(TAG.null);
    else if (typeof value === 'boolean') this.octet(value ? TAG.true : TAG.false);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(value);
    else if (typeof value === 'object') this.#part(value, depth);
    else throw new RangeError(`a ${typeof value} is no plain data`);
  }

  #number(value: number): void {
    if (Number.isInteger(value) && value >= 0 && value <= LARGEST_NATURAL && !Object.is(value, -0)) {
      this.octet(TAG.natural);
      this.#count(value);
      return;
    }
    this.octet(TAG.double);
    this.#raw(new Uint8Array(Float64Array.of(value).buffer));
  }

  #text(text: string): void {
    if (!LONE_SURROGATE.test(text)) {
      this.octet(TAG.text);
      const bytes = new TextEncoder().encode(text);
      this.#count(bytes.length);
      this.#raw(bytes);
      return;
    }
    this.octet(TAG.units);
    this.#count(text.length);
    const units = Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
    this.#raw(new Uint8Array(units.buffer));
  }

  #part(part: object, depth: number): void {
    const known = this.#seen.get(part);
    if (known !== undefined) {
      this.octet(TAG.reference);
      this.#count(known);
      return;
    }
    if (depth > DEEPEST) throw new RangeError(`parts are nested more than ${DEEPEST} deep`);
    this.#seen.set(part, this.#seen.size);
    if (ArrayBuffer.isView(part)) this.#view(part);
    else if (Array.isArray(part)) {
      this.octet(TAG.array);
      this.#count(part.length);
      for (const item of part) this.value(item, depth + 1);
    } else if (isMap(part)) {
      this.octet(TAG.map);
      this.#count(part.size);
      for (const [key, item] of part) {
        this.value(key, depth + 1);
        this.value(item, depth + 1);
      }
    } else if (isSet(part)) {
      this.octet(TAG.set);
      this.#count(part.size);
      for (const item of part) this.value(item, depth + 1);
    } else this.#object(part, depth);
  }

  #object(part: object, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(part);
    // A clone made by another realm (a test's) has that realm's prototype: its own prototype is null all the same.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      throw new RangeError(`an instance of ${part.constructor?.name ?? 'a class'} is no plain data`);
    }
    const entries = Object.entries(part);
    this.octet(TAG.object);
    this.#count(entries.length);
    for (const [key, item] of entries) {
      this.#text(key);
      this.value(item, depth + 1);
    }
  }

  #view(view: ArrayBufferView): void {
    const name = view.constructor.name;
    const kind = VIEWS.findIndex((each) => each.name === name);
    if (kind < 0) throw new RangeError(`a ${name} is no plain data`);
    this.octet(TAG.view);
    this.octet(kind);
    this.#count(view.byteLength);
    this.#raw(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }

  #count(value: number): void {
    let left = value;
    while (left >= 0x80) {
      this.octet((left % 0x80) | 0x80);
      left = Math.floor(left / 0x80);
    }
    this.octet(left);
  }

  #raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #room(size: number): void {
    if (this.#at + size <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(2 * this.#bytes.length, this.#at + size));
    wider.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = wider;
  }
}

class Damaged extends Error {}

class Reader {
  at: number;
  readonly #bytes: Uint8Array;
  readonly #seen: object[] = [];

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  value(depth: number): unknown {
    if (depth > DEEPEST) throw new Damaged(`parts are nested more than ${DEEPEST} deep at octet ${this.at}`);
    const at = this.at;
    const tag = this.#octet();
    switch (tag) {
      case TAG.undefined:
        return undefined;
      case TAG.null:
        return null;
      case TAG.false:
        return false;
      case TAG.true:
        return true;
      case TAG.double:
        return new Float64Array(this.#raw(8).buffer)[0];
      case TAG.natural:
        return this.#count();
      case TAG.text:
        return new TextDecoder().decode(this.#raw(this.#count()));
      case TAG.units: {
        const units = new Uint16Array(this.#raw(2 * this.#count()).buffer);
        let text = '';
        for (const unit of units) text += String.fromCharCode(unit);
        return text;
      }
      case TAG.reference: {
        const known = this.#seen[this.#count()];
        if (known === undefined) throw new Damaged(`octet ${at} refers to a part that is not there`);
        return known;
      }
      default:
        return this.#part(tag, at, depth);
    }
  }

  #part(tag: number, at: number, depth: number): object {
    if (tag === TAG.view) return this.#view(at);
    const count = this.#count();
    // Every item takes an octet at least, so a lying count is found before memory is taken for it.
    if (count > this.#bytes.length - this.at) throw new Damaged(`octet ${at} promises ${count} items`);
    if (tag === TAG.array) {
      const array: unknown[] = [];
      this.#seen.push(array);
      for (let left = count; left > 0; left--) array.push(this.value(depth + 1));
      return array;
    }
    if (tag === TAG.object) {
      const object: Record<string, unknown> = {};
      this.#seen.push(object);
      for (let left = count; left > 0; left--) {
        const key = this.value(depth + 1);
        if (typeof key !== 'string' || key === '__proto__')
          throw new Damaged(`octet ${at} begins a part with a bad key`);
        object[key] = this.value(depth + 1);
      }
      return object;
    }
    if (tag === TAG.map) {
      const map = new Map<unknown, unknown>();
      this.#seen.push(map);
      for (let left = count; left > 0; left--) {
        const key = this.value(depth + 1);
        map.set(key, this.value(depth + 1));
      }
      return map;
    }
    if (tag === TAG.set) {
      const set = new Set<unknown>();
      this.#seen.push(set);
      for (let left = count; left > 0; left--) set.add(this.value(depth + 1));
      return set;
    }
    throw new Damaged(`octet ${at} holds no known tag (${tag})`);
  }

  #view(at: number): ArrayBufferView {
    const Kind = VIEWS[this.#octet()];
    const bytes = this.#raw(this.#count());
    if (Kind === undefined || bytes.length % Kind.BYTES_PER_ELEMENT !== 0) {
      throw new Damaged(`octet ${at} begins no array of numbers`);
    }
    const view = new Kind(bytes.buffer);
    this.#seen.push(view);
    return view;
  }

  #octet(): number {
    const octet = this.#bytes[this.at++];
    if (octet === undefined) throw new Damaged('the saved run is cut short');
    return octet;
  }

  #count(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const octet = this.#octet();
      value += (octet & 0x7f) * scale;
      if (value > LARGEST_NATURAL) throw new Damaged(`the number before octet ${this.at} is too large`);
      if (octet < 0x80) return value;
      scale *= 0x80;
    }
  }

  /** A copy of its own. */
  #raw(length: number): Uint8Array<ArrayBuffer> {
    if (length > this.#bytes.length - this.at) throw new Damaged('the saved run is cut short');
    const bytes = new Uint8Array(length);
    bytes.set(this.#bytes.subarray(this.at, this.at + length));
    this.at += length;
    return bytes;
  }
}
