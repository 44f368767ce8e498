import type { Row, Rows, RowsRequest } from '../../workers/client.ts';

/** Rows of one page of the packet list. */
export const PAGE_ROWS = 200;
const MOST_PAGES = 60;

/** The packet list, page by page: what is looked at is asked for, what was looked at longest ago is forgotten. */
export interface RowPages {
  /** The row at a place of those that pass; undefined while it is on its way. */
  row(index: number): Row | undefined;
  /** Sees to it that [from, to) will be there. */
  want(from: number, to: number): void;
  /** The last row whose time is not after `time`; -1 when there is none. Asks for the pages it needs. */
  indexAt(time: number): Promise<number>;
  /** The frames grew in number: pages that were not full are asked for anew. */
  grown(): void;
  /** Everything is to be asked anew: another filter, another lab. */
  clear(): void;
}

interface Page {
  readonly rows: readonly Row[];
  stale: boolean;
}

export function createRowPages(
  fetch: (request: RowsRequest) => Promise<Rows | undefined>,
  filter: () => string,
  told: (answer: Rows) => void,
): RowPages {
  let pages = new Map<number, Page>();
  let asked = new Map<number, Promise<void>>();
  let era = 0;
  let total = 0;

  function page(number: number): Promise<void> {
    const present = asked.get(number);
    if (present !== undefined) return present;
    const began = era;
    const answer = fetch({ from: number * PAGE_ROWS, count: PAGE_ROWS, filter: filter() }).then((rows) => {
      if (began !== era) return;
      asked.delete(number);
      if (rows === undefined) return;
      total = rows.total;
      pages.delete(number);
      if (pages.size >= MOST_PAGES) pages.delete(pages.keys().next().value as number);
      pages.set(number, { rows: rows.rows, stale: false });
      told(rows);
    });
    asked.set(number, answer);
    return answer;
  }

  const at = (index: number) => pages.get(Math.floor(index / PAGE_ROWS))?.rows[index % PAGE_ROWS];

  return {
    row: at,
    want(from, to) {
      for (let number = Math.floor(from / PAGE_ROWS); number * PAGE_ROWS < to; number++) {
        const present = pages.get(number);
        if (present === undefined || present.stale) void page(number);
      }
    },
    async indexAt(time) {
      const began = era;
      const timeOf = async (index: number): Promise<number> => {
        if (at(index) === undefined) await page(Math.floor(index / PAGE_ROWS));
        return at(index)?.time ?? Number.POSITIVE_INFINITY;
      };
      let low = 0;
      let high = total;
      while (low < high && began === era) {
        const middle = (low + high) >> 1;
        if ((await timeOf(middle)) <= time) low = middle + 1;
        else high = middle;
      }
      return low - 1;
    },
    grown() {
      for (const one of pages.values()) if (one.rows.length < PAGE_ROWS) one.stale = true;
    },
    clear() {
      era += 1;
      total = 0;
      pages = new Map();
      asked = new Map();
    },
  };
}
