type Numbers = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

/** A column of numbers that grows. */
export class Column<A extends Numbers> {
  values: A;
  length = 0;
  readonly #make: (size: number) => A;

  constructor(make: (size: number) => A) {
    this.#make = make;
    this.values = make(256);
  }

  push(value: number): void {
    if (this.length === this.values.length) {
      const wider = this.#make(this.values.length * 2);
      wider.set(this.values as never);
      this.values = wider;
    }
    this.values[this.length++] = value;
  }

  at(index: number): number {
    return this.values[index] as number;
  }

  /** Index of the first value that is larger than `value`, where values never fall; `length` when none is. */
  firstAbove(value: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at(middle) > value) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Index of the first value that is at least `value`, where values never fall; `length` when none is. */
  firstFrom(value: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.at(middle) >= value) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

export const doubles = (): Column<Float64Array> => new Column((size) => new Float64Array(size));
export const integers = (): Column<Int32Array> => new Column((size) => new Int32Array(size));
export const naturals = (): Column<Uint32Array> => new Column((size) => new Uint32Array(size));
export const shorts = (): Column<Uint16Array> => new Column((size) => new Uint16Array(size));
export const octets = (): Column<Uint8Array> => new Column((size) => new Uint8Array(size));
