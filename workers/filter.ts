import type { DissectedField, Dissection } from '../core/index.ts';

/**
 * Display filters, after the manner of packet analysers:
 *
 * - `esp`: a layer of that name, also behind keys; `drop`, `lost`, `ignored`, `delivered`, `forwarded`, `replaced`: what became of the frame
 * - `ipv4.ttl < 5`, `udp.destinationPort == 4500`, `ipv4.source == 10.1.*`: a field and a value (`== != < > <= >= contains`, `*` for any end)
 * - `node == home`, `from`, `to`, `link`, `size`, `time` (seconds), `number`, `protocol`, `summary`: what the packet list shows
 * - `10.1.0.5` or `"some words"`: anything that has it in it
 * - `&&` `and`, `||` `or`, `!` `not`, and parentheses
 */
export interface Filter {
  /** Does it ask for layers or fields, so that the frame must be taken apart? */
  readonly looksInside: boolean;
  /** Does it ask for the fate, which may change while the run goes on? */
  readonly asksFate: boolean;
  passes(frame: FilteredFrame): boolean;
}

/** A frame as filters see it. */
export interface FilteredFrame {
  readonly number: number;
  /** Seconds. */
  readonly time: number;
  readonly from: string;
  readonly to: string;
  readonly link: string;
  readonly size: number;
  /** `open`, `delivered`, `forwarded`, `replaced`, `drop`, `lost`, `ignored`. */
  readonly fate: string;
  readonly dissection: () => Dissection | undefined;
  readonly headline: () => { readonly protocol: string; readonly summary: string };
}

const LONGEST_FILTER = 1000;
const MOST_PARENTHESES = 50;
const FATES: ReadonlySet<string> = new Set(['open', 'delivered', 'forwarded', 'replaced', 'drop', 'lost', 'ignored']);
const OPERATORS = ['==', '!=', '<=', '>=', '<', '>', 'contains'] as const;
type Operator = (typeof OPERATORS)[number];
/** What the list shows, by the name that a filter calls it. */
const LISTED: Readonly<Record<string, (frame: FilteredFrame) => readonly (string | number)[]>> = {
  number: (frame) => [frame.number],
  time: (frame) => [frame.time],
  from: (frame) => [frame.from],
  to: (frame) => [frame.to],
  node: (frame) => [frame.from, frame.to],
  link: (frame) => [frame.link],
  size: (frame) => [frame.size],
  fate: (frame) => [frame.fate],
  protocol: (frame) => [frame.headline().protocol],
  summary: (frame) => [frame.headline().summary],
};
const OUTSIDE: ReadonlySet<string> = new Set(['number', 'time', 'from', 'to', 'node', 'link', 'size', 'fate']);

/** The filter that a text says, or what is wrong with it. `layers` are the names of all codecs. */
export function parseFilter(
  text: string,
  layers: ReadonlySet<string>,
): { readonly filter: Filter } | { readonly wrong: string } {
  if (text.length > LONGEST_FILTER) return { wrong: `a filter has at most ${LONGEST_FILTER} characters` };
  const tokens = tokensOf(text);
  if (typeof tokens === 'string') return { wrong: tokens };
  const parser = new Parser(tokens, layers);
  try {
    const passes = parser.either(0);
    const rest = parser.peek();
    if (rest !== undefined) return { wrong: `${rest.text} is not expected after a whole filter: join with && or ||` };
    return { filter: { looksInside: parser.looksInside, asksFate: parser.asksFate, passes } };
  } catch (error) {
    if (error instanceof Wrong) return { wrong: error.message };
    throw error;
  }
}

interface Token {
  readonly kind: 'word' | 'quoted' | 'mark';
  readonly text: string;
}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|(&&|\|\||==|!=|<=|>=|[<>!()])|([^\s"&|=<>!()]+))/y;

function tokensOf(text: string): Token[] | string {
  const tokens: Token[] = [];
  const whole = text.trimEnd();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < whole.length) {
    const at = TOKEN.lastIndex;
    const [, quoted, mark, word] = TOKEN.exec(whole) ?? [];
    if (quoted !== undefined) tokens.push({ kind: 'quoted', text: quoted.slice(1, -1).replace(/\\(.)/g, '$1') });
    else if (mark !== undefined) tokens.push({ kind: 'mark', text: mark });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word });
    else return `the filter cannot be read from ${whole.slice(at).trim()}`;
  }
  return tokens;
}

class Wrong extends Error {}

type Predicate = (frame: FilteredFrame) => boolean;

class Parser {
  looksInside = false;
  asksFate = false;
  readonly #tokens: readonly Token[];
  readonly #layers: ReadonlySet<string>;
  #at = 0;

  constructor(tokens: readonly Token[], layers: ReadonlySet<string>) {
    this.#tokens = tokens;
    this.#layers = layers;
  }

  peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  either(depth: number): Predicate {
    let left = this.#both(depth);
    while (this.#accept('||', 'or')) {
      const [one, other] = [left, this.#both(depth)];
      left = (frame) => one(frame) || other(frame);
    }
    return left;
  }

  #both(depth: number): Predicate {
    let left = this.#negated(depth);
    while (this.#accept('&&', 'and')) {
      const [one, other] = [left, this.#negated(depth)];
      left = (frame) => one(frame) && other(frame);
    }
    return left;
  }

  #negated(depth: number): Predicate {
    if (depth > MOST_PARENTHESES) throw new Wrong(`a filter has at most ${MOST_PARENTHESES} levels`);
    if (this.#accept('!', 'not')) {
      const inner = this.#negated(depth + 1);
      return (frame) => !inner(frame);
    }
    if (this.#accept('(')) {
      const inner = this.either(depth + 1);
      if (!this.#accept(')')) throw new Wrong('a ( is not closed');
      return inner;
    }
    return this.#simple();
  }

  #simple(): Predicate {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new Wrong('the filter ends where something is expected');
    if (token.kind === 'mark') throw new Wrong(`${token.text} is not expected here`);
    const operator = this.#operator();
    if (token.kind === 'word' && operator !== undefined) return this.#comparison(token.text, operator);
    const word = token.text.toLowerCase();
    if (token.kind === 'word' && FATES.has(word)) {
      this.asksFate = true;
      return (frame) => frame.fate === word;
    }
    this.looksInside = true;
    if (token.kind === 'word' && this.#layers.has(word)) {
      return (frame) => layersOf(frame.dissection()).some((layer) => layer.name === word);
    }
    return (frame) =>
      [frame.from, frame.to, frame.link, frame.headline().summary].some((one) => one.toLowerCase().includes(word)) ||
      fieldsOf(frame.dissection()).some((field) => field.value.toLowerCase().includes(word));
  }

  #comparison(name: string, operator: Operator): Predicate {
    const value = this.#tokens[this.#at++];
    if (value === undefined || value.kind === 'mark') throw new Wrong(`${name} ${operator} needs a value`);
    const listed = Object.hasOwn(LISTED, name) ? LISTED[name] : undefined;
    if (listed !== undefined) {
      if (name === 'fate') this.asksFate = true;
      if (!OUTSIDE.has(name)) this.looksInside = true;
      return (frame) => listed(frame).some((found) => compare(found, operator, value.text));
    }
    const header = name.split('.')[0] ?? '';
    if (!name.includes('.') || !this.#layers.has(header)) {
      throw new Wrong(`${name} is no field: write header.field, or one of ${Object.keys(LISTED).join(', ')}`);
    }
    this.looksInside = true;
    const sought = name.toLowerCase();
    return (frame) =>
      fieldsOf(frame.dissection()).some(
        (field) =>
          field.name.toLowerCase() === sought &&
          (compare(field.value, operator, value.text) ||
            (field.number !== undefined && operator !== '!=' && compare(field.number, operator, value.text))),
      );
  }

  #operator(): Operator | undefined {
    const text = this.peek()?.text;
    const operator = OPERATORS.find((each) => each === text);
    if (operator !== undefined) this.#at++;
    return operator;
  }

  #accept(...texts: readonly string[]): boolean {
    const token = this.peek();
    if (token === undefined || token.kind === 'quoted' || !texts.includes(token.text)) return false;
    this.#at++;
    return true;
  }
}

function compare(found: string | number, operator: Operator, text: string): boolean {
  const wanted = Number(text);
  const value = typeof found === 'number' ? found : Number(found);
  const numeric = text !== '' && !Number.isNaN(wanted) && !Number.isNaN(value) && String(found) !== '';
  const [a, b] = [String(found).toLowerCase(), text.toLowerCase()];
  switch (operator) {
    case '==':
      return numeric ? value === wanted : alike(a, b);
    case '!=':
      return numeric ? value !== wanted : !alike(a, b);
    case 'contains':
      return a.includes(b);
    case '<':
      return numeric && value < wanted;
    case '>':
      return numeric && value > wanted;
    case '<=':
      return numeric && value <= wanted;
    case '>=':
      return numeric && value >= wanted;
  }
}

function alike(found: string, wanted: string): boolean {
  return wanted.endsWith('*') ? found.startsWith(wanted.slice(0, -1)) : found === wanted;
}

function layersOf(dissection: Dissection | undefined): Dissection['layers'][number][] {
  return (dissection?.layers ?? []).flatMap((layer) =>
    layer.opened === undefined ? [layer] : [layer, ...layersOf(layer.opened.dissection)],
  );
}

function fieldsOf(dissection: Dissection | undefined): DissectedField[] {
  const fields: DissectedField[] = [];
  const gather = (list: readonly DissectedField[]): void => {
    for (const field of list) {
      fields.push(field);
      if (field.children !== undefined) gather(field.children);
    }
  };
  for (const layer of layersOf(dissection)) gather(layer.fields);
  return fields;
}
