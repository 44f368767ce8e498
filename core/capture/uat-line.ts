import { toHex } from '../wire/index.ts';

/**
 * One field of a line: text and numbers are written in quotes, octets as bare hexadecimal digits. Which of the two a column
 * wants is the table's business: in quotes, a column of octets is refused.
 */
export type UatField = string | number | Uint8Array;

/**
 * One line, without its line end, of a Wireshark user access table (UAT), the text files that hold key tables among others:
 * fields between commas; in quotes, a quote, a backslash and whatever is not printable ASCII stand as `\xHH`, an octet of their
 * UTF-8 each.
 */
export function uatLine(fields: readonly UatField[]): string {
  return fields.map(uatField).join(',');
}

function uatField(field: UatField): string {
  if (typeof field === 'object') return toHex(field);
  let quoted = '"';
  for (const octet of new TextEncoder().encode(String(field))) {
    const plain = octet >= 0x20 && octet < 0x7f && octet !== 0x22 && octet !== 0x5c;
    quoted += plain ? String.fromCharCode(octet) : `\\x${octet.toString(16).padStart(2, '0')}`;
  }
  return `${quoted}"`;
}

/** Characters of a line that is read: the longest keys take some hundred. */
const LONGEST_LINE = 65_536;
/** Fields of a line that is read. */
const MOST_FIELDS = 64;

/** What stands behind a backslash in quotes, besides `x` and digits. */
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' },
  ...{ '"': '"', "'": "'", '\\': '\\', '?': '?' },
};

/**
 * The fields of a line of a user access table, as `uatLine` or Wireshark wrote it: quotes and escapes taken off, blanks around bare fields
 * too. `undefined` where quotes do not close, an escape is none, or the line is longer than any table's. Each octet of an escape is
 * one character: the columns of key tables hold ASCII.
 */
export function readUatLine(line: string): readonly string[] | undefined {
  if (line.length > LONGEST_LINE) return undefined;
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    while (line[at] === ' ' || line[at] === '\t') at++;
    let value = '';
    if (line[at] === '"') {
      const quoted = readQuoted(line, at + 1);
      if (quoted === undefined) return undefined;
      value = quoted.value;
      at = quoted.end;
      while (line[at] === ' ' || line[at] === '\t' || line[at] === '\r') at++;
      if (at < line.length && line[at] !== ',') return undefined;
    } else {
      const comma = line.indexOf(',', at);
      const end = comma < 0 ? line.length : comma;
      value = line.slice(at, end).trim();
      at = end;
    }
    fields.push(value);
    if (at >= line.length) return fields;
    if (fields.length === MOST_FIELDS) return undefined;
    at++;
  }
}

/** A quoted field from behind its first quote on, and where it ends behind the last. */
function readQuoted(line: string, start: number): { readonly value: string; readonly end: number } | undefined {
  let value = '';
  for (let at = start; at < line.length; at++) {
    const character = line[at] as string;
    if (character === '"') return { value, end: at + 1 };
    if (character !== '\\') {
      value += character;
      continue;
    }
    const octet = /^(?:x([0-9a-fA-F]{2})|([0-3][0-7]{2}))/.exec(line.slice(at + 1, at + 4));
    const plain = ESCAPES[line[at + 1] ?? ''];
    if (octet !== null) {
      value += String.fromCharCode(
        octet[1] === undefined ? Number.parseInt(octet[2] as string, 8) : Number.parseInt(octet[1], 16),
      );
      at += octet[0].length;
    } else if (plain !== undefined) {
      value += plain;
      at++;
    } else return undefined;
  }
  return undefined;
}

/** Octets in hexadecimal digits, with `0x` before them or without, as key tables hold them; `undefined` for anything else. */
export function uatOctets(field: string | undefined): Uint8Array | undefined {
  const digits = /^(?:0[xX])?((?:[0-9a-fA-F]{2})*)$/.exec(field ?? '-')?.[1];
  if (digits === undefined) return undefined;
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16),
  );
}
