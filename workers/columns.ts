type Numbers = Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array;

const FIRST_ROWS = 256;

/** Columns of numbers that grow together, a row at a time. */
export class Table {
  /** Rows that are filled. */
  length = 0;
  readonly #columns: Column<Numbers>[] = [];
  #room = FIRST_ROWS;

  /** A row of zeros at the end; its index. Whoever asks for it fills it in, straight into the columns' values. */
  add(): number {
    if (this.length === this.#room) {
      this.#room *= 2;
      for (const column of this.#columns) column.widen(this.#room);
    }
    return this.length++;
  }

  /** Forgets the rows from `length` on. */
  cut(length: number): void {
    for (const column of this.#columns) column.values.fill(0, length, this.length);
    this.length = length;
  }

  doubles(): Column<Float64Array> {
    return this.#column((size) => new Float64Array(size));
  }

  integers(): Column<Int32Array> {
    return this.#column((size) => new Int32Array(size));
  }

  naturals(): Column<Uint32Array> {
    return this.#column((size) => new Uint32Array(size));
  }

  shorts(): Column<Uint16Array> {
    return this.#column((size) => new Uint16Array(size));
  }

  octets(): Column<Uint8Array> {
    return this.#column((size) => new Uint8Array(size));
  }

  #column<A extends Numbers>(make: (size: number) => A): Column<A> {
    const column = new Column(this, make, FIRST_ROWS);
    this.#columns.push(column as unknown as Column<Numbers>);
    return column;
  }
}

/** One column of a table. */
export class Column<A extends Numbers> {
  values: A;
  readonly #table: Table;
  readonly #make: (size: number) => A;

  constructor(table: Table, make: (size: number) => A, size: number) {
    this.#table = table;
    this.#make = make;
    this.values = make(size);
  }

  at(index: number): number {
    return this.values[index] as number;
  }

  widen(size: number): void {
    const wider = this.#make(size);
    wider.set(this.values as never);
    this.values = wider;
  }

  /** Index of the first value that is larger than `value`, where values never fall; the table's length when none is. */
  firstAbove(value: number): number {
    return this.#first((one) => one > value);
  }

  /** Index of the first value that is at least `value`, where values never fall; the table's length when none is. */
  firstFrom(value: number): number {
    return this.#first((one) => one >= value);
  }

  #first(passes: (value: number) => boolean): number {
    let low = 0;
    let high = this.#table.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (passes(this.at(middle))) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
