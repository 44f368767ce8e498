import { type DissectedField, type Dissection, toHex } from '../core/index.ts';
import type { History } from '../core/simulation/index.ts';
import { createGlance } from '../core/trace/index.ts';
import type { FrameReader } from './frame-reader.ts';
import type { FrameIndex } from './frames.ts';
import { sentenceOf } from './stories.ts';
import type { Rewriting, RewrittenField } from './views.ts';

/** Happenings that are looked at each way from a frame. */
const MOST_LOOKED = 20_000;
/** Of a note that has no octets. */
const NONE = new Uint8Array(0);
/** Rewritings of one packet that are shown. */
const MOST_SHOWN = 16;

/**
 * Where somebody rewrote a packet on its way: every note about it that has its octets `before` and `after`, whoever made it, with the
 * frames before and behind and what the changed octets are; and every note that says that its like has octets for the first ones alone.
 */
export function rewritingsOf(history: History, index: FrameIndex, reader: FrameReader, row: number): Rewriting[] {
  const packet = index.packet.at(row);
  const { happenings } = index;
  const middle = happenings.record.firstFrom(index.record.at(row));
  const last = Math.min(happenings.table.length, middle + MOST_LOOKED);
  const glance = createGlance();
  const found: Rewriting[] = [];
  for (let at = Math.max(0, middle - MOST_LOOKED); at < last && found.length < MOST_SHOWN; at++) {
    const number = happenings.record.at(at);
    if (!history.glance(number, glance) || glance.kind !== 'note' || glance.packet !== packet) continue;
    const record = history.record(number);
    if (record === undefined) continue;
    const { before = NONE, after = NONE, octetsOfFirst } = record.values ?? {};
    if (!(before instanceof Uint8Array) || !(after instanceof Uint8Array) || before.length !== after.length) continue;
    if (before.length === 0 && typeof octetsOfFirst !== 'number') continue;
    const { time, node, text } = sentenceOf(history, record);
    const fromRow = index.lastRowOf(packet, number);
    const toRow = index.firstRowOf(packet, number);
    if (before.length === 0) {
      const at = (row: number) => ({ record: index.record.at(row), start: 0 });
      found.push({
        ...{ record: number, time, node, text, before, after, fields: [] },
        ...(typeof octetsOfFirst === 'number' ? { octetsOfFirst } : {}),
        ...(fromRow < 0 ? {} : { from: at(fromRow) }),
        ...(toRow < 0 ? {} : { to: at(toRow) }),
      });
      continue;
    }
    const from = fromRow < 0 ? undefined : placed(reader.dissect(fromRow), before);
    const to = toRow < 0 ? undefined : placed(reader.dissect(toRow), after);
    found.push({
      ...{ record: number, time, node, text, before, after },
      ...(from === undefined ? {} : { from: { record: index.record.at(fromRow), start: from.start } }),
      ...(to === undefined ? {} : { to: { record: index.record.at(toRow), start: to.start } }),
      fields: changedFields(before, after, from, to),
    });
  }
  return found;
}

/** A frame, and where in it the octets of a note begin. */
interface Placed {
  readonly dissection: Dissection;
  readonly start: number;
}

/** The layer that begins most as the octets do: a hop may have changed a few of them since. */
function placed(dissection: Dissection | undefined, octets: Uint8Array): Placed | undefined {
  if (dissection === undefined) return undefined;
  let best: Placed | undefined;
  let most = octets.length / 2;
  for (const { start } of dissection.layers) {
    let same = 0;
    for (let at = 0; at < octets.length; at++) if (dissection.bytes[start + at] === octets[at]) same++;
    if (same <= most) continue;
    most = same;
    best = { dissection, start };
  }
  return best;
}

function changedFields(
  before: Uint8Array,
  after: Uint8Array,
  from: Placed | undefined,
  to: Placed | undefined,
): RewrittenField[] {
  const guide = to ?? from;
  if (guide === undefined) return [];
  const changed: RewrittenField[] = [];
  for (const layer of guide.dissection.layers) {
    for (const field of leaves(layer.fields)) {
      const first = (field.bit >> 3) - guide.start;
      const end = Math.ceil((field.bit + field.bits) / 8) - guide.start;
      if (first < 0 || end > before.length || !differs(before, after, first, end)) continue;
      changed.push({
        ...{ layer: layer.title, label: field.label, first, end },
        before: saidOf(field, from, before, guide.start, first, end),
        after: saidOf(field, to, after, guide.start, first, end),
      });
    }
  }
  return changed;
}

/** What a frame says of the field, where its octets are still those of the note; else the octets. */
function saidOf(
  field: DissectedField,
  where: Placed | undefined,
  octets: Uint8Array,
  start: number,
  first: number,
  end: number,
): string {
  const hex = `0x${toHex(octets.subarray(first, end))}`;
  if (where === undefined || differs(where.dissection.bytes.subarray(where.start), octets, first, end)) return hex;
  const bit = field.bit + (where.start - start) * 8;
  for (const layer of where.dissection.layers) {
    const same = leaves(layer.fields).find((one) => one.bit === bit && one.name === field.name);
    if (same !== undefined) return same.value;
  }
  return hex;
}

function leaves(fields: readonly DissectedField[]): DissectedField[] {
  return fields.flatMap((field) => ((field.children ?? []).length === 0 ? [field] : leaves(field.children ?? [])));
}

function differs(one: Uint8Array, other: Uint8Array, first: number, end: number): boolean {
  for (let at = first; at < end; at++) if (one[at] !== other[at]) return true;
  return false;
}
