import { type InterfaceAddress, quoted, type Registry, wrongName } from '../plugin/index.ts';
import { compareNames } from './canonical.ts';
import type { Path, Span } from './diagnostic.ts';
import { MOST_ADDRESSES, MOST_INTERFACES } from './limits.ts';
import { asMap, type Reading } from './reading.ts';
import { readBySchema } from './schema-issues.ts';
import { INTERFACE } from './shape.ts';
import type { InterfaceDescription } from './topology.ts';
import { describeWritten, isNothing, type Written, type WrittenEntry, withKeys, wordOf } from './written.ts';

/** An interface and where its name stands. */
export interface ReadInterface {
  readonly description: InterfaceDescription;
  readonly key: Span;
}

/**
 * `eth0: 192.0.2.1/24`, `eth0: [a, b]`, `eth0: { address: a, mtu: 1400 }`, `eth0:` alone; or a list of names without addresses.
 * `plugins` are those of the node, where that is known: an address that none of them understands is of no use there.
 */
export function readInterfaces(
  reading: Reading,
  written: Written,
  path: Path,
  plugins: ReadonlySet<string> | undefined,
): Map<string, ReadInterface> {
  const { report } = reading;
  const found = new Map<string, ReadInterface>();
  const entries = written.kind === 'list' ? namesIn(reading, written.items, path) : entriesOf(reading, written, path);
  if (entries.length > MOST_INTERFACES) {
    report.error(written.span, path, `${entries.length} interfaces; at most ${MOST_INTERFACES} are allowed`);
    return found;
  }
  for (const [name, { key, value }] of entries) {
    const wrong = wrongName(name);
    if (wrong !== undefined) report.error(key, [...path, name], wrong);
    const description = readInterface(reading, name, value, [...path, name], plugins);
    found.set(name, { description, key });
  }
  return found;
}

function entriesOf({ report }: Reading, written: Written, path: Path): [string, WrittenEntry][] {
  const map = asMap(report, written, path, 'interfaces by name, or a list of names');
  return map === undefined ? [] : [...map.entries].sort(([a], [b]) => compareNames(a, b));
}

function namesIn({ report }: Reading, items: readonly Written[], path: Path): [string, WrittenEntry][] {
  const entries = new Map<string, WrittenEntry>();
  for (const [index, item] of items.entries()) {
    const name = wordOf(item);
    const place = [...path, index];
    if (name === undefined) {
      report.error(item.span, place, `expected the name of an interface, found ${describeWritten(item)}`);
    } else if (entries.has(name)) {
      report.error(item.span, place, `interface ${quoted(name)} stands here a second time`);
    } else {
      const value: Written = { kind: 'scalar', span: item.span, value: null, text: '' };
      entries.set(name, { key: item.span, value });
    }
  }
  return [...entries].sort(([a], [b]) => compareNames(a, b));
}

function readInterface(
  reading: Reading,
  name: string,
  written: Written,
  path: Path,
  plugins: ReadonlySet<string> | undefined,
): InterfaceDescription {
  if (written.kind !== 'map') return { name, addresses: readAddresses(reading, written, path, plugins) };
  const { report } = reading;
  const address = written.entries.get('address');
  const addresses = address === undefined ? [] : readAddresses(reading, address.value, [...path, 'address'], plugins);
  // The address was read with its own messages; the schema sees to the rest.
  const rest = withKeys(written, (key) => key !== 'address');
  const settings = readBySchema(report, INTERFACE, { written: rest, key: written.span, path, of: 'an interface' });
  const mtu = settings?.value.mtu;
  return { name, addresses, ...(mtu === undefined ? {} : { mtu }) };
}

function readAddresses(
  reading: Reading,
  written: Written,
  path: Path,
  plugins: ReadonlySet<string> | undefined,
): InterfaceAddress[] {
  if (isNothing(written)) return [];
  if (written.kind !== 'list') return readAddress(reading, written, path, plugins);
  if (written.items.length > MOST_ADDRESSES) {
    reading.report.error(
      written.span,
      path,
      `${written.items.length} addresses; at most ${MOST_ADDRESSES} are allowed`,
    );
    return [];
  }
  return written.items.flatMap((item, index) => readAddress(reading, item, [...path, index], plugins));
}

function readAddress(
  { registry, report }: Reading,
  written: Written,
  path: Path,
  plugins: ReadonlySet<string> | undefined,
): InterfaceAddress[] {
  const text = wordOf(written);
  const examples = registry.addressSyntaxes.map(({ example }) => example);
  const expected =
    examples.length === 0 ? 'no address: no plugin here has any' : `an address such as ${examples.join(', ')}`;
  if (text === undefined) {
    report.error(written.span, path, `expected ${expected}, found ${describeWritten(written)}`, { expected });
    return [];
  }
  for (const syntax of registry.addressSyntaxes) {
    const read = syntax.parse(text);
    if (read === undefined) continue;
    if ('wrong' in read) {
      report.error(written.span, path, read.wrong, { expected: `an address such as ${syntax.example}` });
      return [];
    }
    const owner = ownerOf(registry, syntax.name);
    if (owner !== undefined && plugins?.has(owner) === false) {
      report.warning(written.span, path, `nothing uses ${quoted(text)}: this node lacks the plugin ${owner}`);
    }
    return [{ syntax: syntax.name, text, value: read.value }];
  }
  const suggestion = report.nearest(
    text,
    examples.filter((each) => /^\p{L}+$/u.test(each)),
  );
  const hint = suggestion === undefined ? `; expected ${expected}` : `, did you mean \`${suggestion}\`?`;
  report.error(written.span, path, `${quoted(text)} is not an address${hint}`, { expected, suggestion });
  return [];
}

function ownerOf(registry: Registry, syntax: string): string | undefined {
  for (const plugin of registry.plugins.values()) {
    if (plugin.addressSyntaxes?.some(({ name }) => name === syntax)) return plugin.name;
  }
  return undefined;
}
