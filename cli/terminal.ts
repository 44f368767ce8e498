/** Where text goes, and whether it may be coloured. */
export interface Stream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Select graphic rendition (ECMA-48 §8.3.117): what begins each style and what ends it. */
const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  magenta: [35, 39],
  cyan: [36, 39],
} as const;
export type Style = keyof typeof STYLES;

export interface Terminal {
  /** A line of the answer. */
  say(line?: string): void;
  /** A line beside the answer: progress, warnings, what went wrong. */
  tell(line?: string): void;
  /** Paints for `say`, where that is a terminal that wants colours. */
  paint(style: Style, text: string): string;
  /** The same for `tell`. */
  tint(style: Style, text: string): string;
  /** Somebody watches `tell`. */
  readonly watched: boolean;
  readonly columns: number;
}

const DEFAULT_COLUMNS = 100;

export function openTerminal(
  out: Stream = process.stdout,
  err: Stream = process.stderr,
  env: NodeJS.ProcessEnv = process.env,
): Terminal {
  const plain = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  const painter = (stream: Stream) => (style: Style, text: string) => {
    const [on, off] = STYLES[style];
    return plain || stream.isTTY !== true ? text : `\u001b[${on}m${text}\u001b[${off}m`;
  };
  return {
    say: (line = '') => void out.write(`${line}\n`),
    tell: (line = '') => void err.write(`${line}\n`),
    paint: painter(out),
    tint: painter(err),
    watched: err.isTTY === true,
    columns: out.columns ?? DEFAULT_COLUMNS,
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not reach a terminal
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Text from a file, without what would move a terminal's cursor or change its title. */
export function harmless(text: string): string {
  return text.replace(CONTROLS, (mark) => `\\x${mark.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Plain data as JSON; octets become hexadecimal digits. */
export function toJson(value: unknown): string {
  const plain = (_: string, part: unknown): unknown => {
    if (part instanceof Uint8Array) return Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('hex');
    if (part instanceof Map) return Object.fromEntries(part);
    if (part instanceof Set) return [...part];
    return part;
  };
  return JSON.stringify(value, plain, 2);
}

/** Whoever read us has gone (`| head`): there is nobody left to tell, so the program ends quietly. */
export function endWithReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
}
