/** Times and sizes as people read them. */

const UNITS = [
  [1_000_000_000, 's'],
  [1_000_000, 'ms'],
  [1_000, 'µs'],
  [1, 'ns'],
] as const;

/** An instant as seconds with six decimals, grouped by a thin space for the eye: `1.204 318`. */
export function formatMoment(instant: number): string {
  const micro = Math.floor(instant / 1000);
  const seconds = Math.floor(micro / 1_000_000);
  const rest = String(micro - seconds * 1_000_000).padStart(6, '0');
  return `${seconds}.${rest.slice(0, 3)}\u2009${rest.slice(3)}`;
}

/** A span in the largest unit that leaves at least one, with at most three digits after the point. */
export function formatSpan(span: number): string {
  const [size, unit] = UNITS.find(([one]) => Math.abs(span) >= one) ?? UNITS[3];
  if (span === 0) return '0 s';
  const value = span / size;
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 3;
  return `${Number(value.toFixed(digits))}\u2009${unit}`;
}

/** Seconds in a link's fragment: exact to the nanosecond, no trailing noughts. */
export function momentText(instant: number): string {
  const seconds = Math.floor(instant / 1e9);
  const rest = String(Math.round(instant - seconds * 1e9)).padStart(9, '0');
  return `${seconds}.${rest}`.replace(/\.?0+$/, '');
}

/** The instant of such a text; undefined for anything else. */
export function readMoment(text: string): number | undefined {
  const parts = /^(\d{1,7})(?:\.(\d{1,9}))?$/.exec(text);
  if (parts === null) return undefined;
  return Number(parts[1]) * 1e9 + Number((parts[2] ?? '').padEnd(9, '0'));
}

/** Octets in the unit that people use for files. */
export function formatSize(octets: number): string {
  if (octets < 1024) return `${octets} B`;
  if (octets < 1024 * 1024) return `${(octets / 1024).toFixed(1)} KiB`;
  return `${(octets / 1024 / 1024).toFixed(1)} MiB`;
}

/** Round steps for an axis over [from, to] with about `count` marks. */
export function axisMarks(
  from: number,
  to: number,
  count: number,
): { readonly step: number; readonly marks: number[] } {
  const rough = Math.max(1, (to - from) / Math.max(1, count));
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  const marks: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to && marks.length <= 4 * count; at += step) marks.push(at);
  return { step, marks };
}

/** A codec's name as people write it: ICMP, IPv4, IKEv2, Ethernet. What a protocol encrypted (`ikev2-inside`) is of that protocol still. */
export function protocolName(name: string): string {
  const codec = name.replace(/-inside(-\d+)?$/, '');
  if (codec.length > 6 || codec === 'data') return codec.charAt(0).toUpperCase() + codec.slice(1);
  return codec.toUpperCase().replace(/V(?=\d)/, 'v');
}
