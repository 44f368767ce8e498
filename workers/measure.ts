import type { FrameSelection, Gauge } from '../core/experiment/index.ts';
import { SECOND } from '../core/index.ts';
import { canonicalLink } from '../core/topology/index.ts';
import { createGlance } from '../core/trace/index.ts';
import { judgeWords } from './explain.ts';
import type { OpenLab } from './open-lab.ts';

/** A number out of a run that has ended; `null` where there was nothing to measure. A measure that cannot be read throws. */
export function measure(open: OpenLab, gauge: Gauge): number | null {
  switch (gauge.kind) {
    case 'frames':
      return scaled(open, gauge, framesOf(open, gauge).length);
    case 'octets': {
      const sum = framesOf(open, gauge).reduce((total, row) => total + open.index.size.at(row), 0);
      return scaled(open, gauge, sum);
    }
    case 'gap':
      return longestGap(open, gauge);
    case 'count':
      return tellings(open, gauge.code, gauge.node).length;
    case 'time': {
      const [first] = tellings(open, gauge.code, gauge.node);
      return first === undefined ? null : seconds(first);
    }
    case 'holds':
      return judged(open, gauge.of).held ? 1 : 0;
    case 'figure': {
      const { figures } = judged(open, gauge.of);
      const value = figures[gauge.figure];
      if (value !== undefined) return value;
      const right = Object.keys(figures).join(', ');
      if (right === '') return null;
      throw new Error(`${gauge.of} has no figure ${gauge.figure}: it has ${right}`);
    }
  }
}

function judged(open: OpenLab, words: string): { held: boolean; figures: Readonly<Record<string, number>> } {
  const read = judgeWords(open, words.trim().replace(/^\{([\s\S]*)\}$/, '$1'));
  if ('wrong' in read) throw new Error(read.wrong);
  return read;
}

/** Nanoseconds as seconds, exact to the nanosecond. */
function seconds(time: number): number {
  return time / SECOND;
}

/** Rows of the frames on a link that pass the filter, in their order. */
function framesOf(open: OpenLab, { link, filter, from, until }: FrameSelection): number[] {
  const { index } = open;
  const wanted = canonicalLink(link.replace(/\s*--\s*/, ' -- '));
  const at = open.history.head.topology.links.findIndex(({ name }) => name === wanted);
  if (at < 0) {
    const names = open.history.head.topology.links.map(({ name }) => name).join(', ');
    throw new Error(`there is no link ${link}: there are ${names}`);
  }
  const passed = open.passing(filter);
  if ('wrong' in passed) throw new Error(passed.wrong);
  const last = until ?? Number.POSITIVE_INFINITY;
  return passed.rows.filter((row) => {
    const time = index.time.at(row);
    return index.direction.at(row) >> 1 === at && time >= from && time <= last;
  });
}

/** With `per`, as many as there would be in that time. */
function scaled(open: OpenLab, gauge: FrameSelection & { readonly per?: number }, count: number): number {
  if (gauge.per === undefined) return count;
  const span = Math.min(gauge.until ?? open.history.head.now, open.history.head.now) - gauge.from;
  return span <= 0 ? 0 : Math.round((count * gauge.per) / span);
}

function longestGap(open: OpenLab, gauge: FrameSelection): number {
  const until = Math.min(gauge.until ?? open.history.head.now, open.history.head.now);
  let longest = 0;
  let last = gauge.from;
  for (const row of framesOf(open, gauge)) {
    longest = Math.max(longest, open.index.time.at(row) - last);
    last = open.index.time.at(row);
  }
  return seconds(Math.max(longest, until - last));
}

/** When a code was told, in order. */
function tellings(open: OpenLab, code: string, node: string | undefined): number[] {
  const { history, index } = open;
  const glance = createGlance();
  const times: number[] = [];
  for (let at = 0; at < index.happenings.table.length; at++) {
    const number = index.happenings.record.at(at);
    if (history.detail(number)?.code !== code) continue;
    if (node !== undefined && history.record(number)?.node !== node) continue;
    if (history.glance(number, glance)) times.push(glance.time);
  }
  return times;
}
