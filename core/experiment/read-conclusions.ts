import { didYouMean, quoted } from '../plugin/index.ts';
import { asList, asMap, onlyKeys, type Path, type Written, type WrittenMap, wordOf } from '../topology/index.ts';
import type { Conclusion } from './experiment.ts';
import { MOST_CONCLUSIONS } from './limits.ts';
import { type RuleReading, readCellExpectations } from './read-rules.ts';

const KEYS = ['for', 'choose', 'needs', 'least', 'most', 'about'];

/** What is to be concluded from the cells: which setting, by which measure. */
export function readConclusions(reading: RuleReading, written: Written | undefined): Conclusion[] {
  const { report } = reading;
  const list = written && asList(report, written, ['conclusions'], 'a list of conclusions');
  if (list === undefined) return [];
  if (list.items.length > MOST_CONCLUSIONS) {
    const message = `${list.items.length} conclusions; at most ${MOST_CONCLUSIONS} are drawn`;
    report.error(list.span, ['conclusions'], message);
    return [];
  }
  return list.items.flatMap((item, at) => {
    const path = ['conclusions', at];
    const map = asMap(report, item, path, 'a conclusion such as `{ for: axis, choose: axis, least: measure }`');
    return map === undefined ? [] : [readConclusion(reading, map, path)];
  });
}

function readConclusion(reading: RuleReading, map: WrittenMap, path: Path): Conclusion {
  const { report } = reading;
  onlyKeys(report, map, KEYS, path);
  const given = axesOf(reading, map, 'for', path);
  const choose = axesOf(reading, map, 'choose', path);
  if (!map.entries.has('choose')) {
    report.error(map.span, path, '`choose` is missing: expected the axes whose best variations are wanted', {
      expected: 'choose',
    });
  }
  const twice = choose.find((name) => given.includes(name));
  if (twice !== undefined) {
    report.error(map.span, [...path, 'choose'], `axis ${quoted(twice)} cannot be given and chosen at once`);
  }
  const [least, most] = [measureOf(reading, map, 'least', path), measureOf(reading, map, 'most', path)];
  if (least !== undefined && most !== undefined) {
    report.error(map.span, path, 'give `least` or `most`: one measure decides');
  }
  const measure = least ?? most;
  return {
    about: wordOf(map.entries.get('about')?.value) ?? '',
    given,
    choose,
    needs: readCellExpectations(reading, map.entries.get('needs')?.value, [...path, 'needs']),
    ...(measure === undefined ? {} : { measure }),
    most: most !== undefined,
  };
}

function axesOf({ report, axes }: RuleReading, map: WrittenMap, key: string, path: Path): string[] {
  const value = map.entries.get(key)?.value;
  if (value === undefined) return [];
  const names = axes.map(({ name }) => name);
  const items = value.kind === 'list' ? value.items : [value];
  return items.flatMap((item) => {
    const word = wordOf(item) ?? '';
    if (names.includes(word)) return [word];
    const suggestion = report.nearest(word, names);
    const message = `there is no axis ${quoted(word)}${didYouMean(suggestion)}`;
    report.error(item.span, [...path, key], message, { suggestion });
    return [];
  });
}

function measureOf({ report, measures }: RuleReading, map: WrittenMap, key: string, path: Path): string | undefined {
  const value = map.entries.get(key)?.value;
  if (value === undefined) return undefined;
  const names = measures.map(({ name }) => name);
  const word = wordOf(value) ?? '';
  if (names.includes(word)) return word;
  const suggestion = report.nearest(word, names);
  const message = `there is no measure ${quoted(word)}${didYouMean(suggestion)}`;
  report.error(value.span, [...path, key], message, { suggestion });
  return undefined;
}
