import type { DissectedField, DissectedLayer, Dissection } from '../core/index.ts';
import { harmless, type Terminal } from './terminal.ts';
import { captureWords as words } from './words/capture.ts';

type Painting = Pick<Terminal, 'paint'>;

const OCTETS_A_LINE = 16;
const INDENT = '  ';

/** A packet as a tree of layers and fields, each field with the bits that say so. */
export function dissectionText(terminal: Painting, dissection: Dissection, depth = 0): string[] {
  return dissection.layers.flatMap((layer) => layerText(terminal, layer, depth));
}

function layerText(terminal: Painting, layer: DissectedLayer, depth: number): string[] {
  const { paint } = terminal;
  const margin = INDENT.repeat(depth);
  const { title, summary, start, end, source, sealed, fault, opened, fields } = layer;
  const from = source === undefined ? '' : ` ${paint('dim', `[${source}]`)}`;
  const lock = sealed === true ? ` ${paint('blue', words.sealed)}` : '';
  const place = paint('dim', words.octets(start, end));
  const lines = [`${margin}${paint('bold', harmless(title))}: ${harmless(summary)}${lock}${from}  ${place}`];
  for (const field of fields) lines.push(...fieldText(terminal, field, depth + 1));
  if (fault !== undefined) {
    lines.push(`${margin}${INDENT}${paint('red', words.fault(fault.at, harmless(fault.message)))}`);
  }
  if (opened !== undefined) {
    lines.push(`${margin}${INDENT}${paint('green', words.opened(harmless(opened.key)))}`);
    lines.push(...dissectionText(terminal, opened.dissection, depth + 2));
  }
  return lines;
}

function fieldText(terminal: Painting, field: DissectedField, depth: number): string[] {
  const { label, value, bit, bits, remark, children } = field;
  const note = remark === undefined ? '' : ` ${terminal.paint('dim', `(${harmless(remark)})`)}`;
  const place = terminal.paint('dim', words.bits(bit, bits));
  const line = `${INDENT.repeat(depth)}${harmless(label)}: ${harmless(value)}${note}  ${place}`;
  return [line, ...(children ?? []).flatMap((child) => fieldText(terminal, child, depth + 1))];
}

/** Octets in lines of sixteen with their offset and what of them is ASCII. */
export function hexText({ paint }: Painting, bytes: Uint8Array): string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += OCTETS_A_LINE) {
    const part = [...bytes.subarray(at, at + OCTETS_A_LINE)];
    const hex = part.map((octet) => octet.toString(16).padStart(2, '0')).join(' ');
    const text = part.map((octet) => (octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet) : '.')).join('');
    const offset = paint('dim', at.toString(16).padStart(4, '0'));
    lines.push(`${offset}  ${hex.padEnd(OCTETS_A_LINE * 3)} ${paint('dim', text)}`);
  }
  return lines;
}
