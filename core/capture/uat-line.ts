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
