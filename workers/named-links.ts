import { didYouMean, nearestWord, quoted } from '../core/plugin/index.ts';
import { type LinkDescription, linkName, parseLinkName, type Topology } from '../core/topology/index.ts';

/** Names that a message lists. */
const MOST_NAMED = 12;

/** What words say of links: their indices in the order of the topology, or what is wrong with the first word that names none. */
export type NamedLinks = { readonly links: readonly number[] } | { readonly wrong: string };

/** The links that words name: `a:eth0 -- b:eth0` in either order, `a:eth0` for the link there, `a` for all links of the node. */
export function namedLinks(topology: Topology, words: readonly string[]): NamedLinks {
  const chosen = new Set<number>();
  for (const word of words) {
    const found = linksOf(topology, word.trim());
    if ('wrong' in found) return found;
    for (const at of found.links) chosen.add(at);
  }
  return { links: [...chosen].sort((a, b) => a - b) };
}

function linksOf({ nodes, links }: Topology, word: string): NamedLinks {
  const names = links.map(({ name }) => name);
  const ends = links.flatMap((link) => link.ends.map((end) => `${end.node}:${end.interface}`));
  const where = (passes: (link: LinkDescription) => boolean): number[] =>
    links.flatMap((link, at) => (passes(link) ? [at] : []));

  if (/\s|--/.test(word)) {
    const parsed = parseLinkName(word);
    if ('wrong' in parsed) return parsed;
    const name = linkName(...parsed.ends);
    const at = names.indexOf(name);
    return at >= 0 ? { links: [at] } : refused('link', word, nearestLink(parsed.ends, ends, names), names);
  }
  const [node = '', face] = word.split(':');
  const known = nodes.find(({ name }) => name === node);
  if (known === undefined) {
    const all = nodes.map(({ name }) => name);
    const near = nearestWord(node, all);
    const whole = near !== undefined && face !== undefined ? `${near}:${face}` : near;
    return refused('node', node, whole, all);
  }
  if (face === undefined) {
    const own = where((link) => link.ends.some((end) => end.node === node));
    return own.length > 0 ? { links: own } : { wrong: `no link joins ${quoted(node)}` };
  }
  const own = where((link) => link.ends.some((end) => end.node === node && end.interface === face));
  if (own.length > 0) return { links: own };
  const faces = known.interfaces.map(({ name }) => name);
  if (faces.includes(face)) return { wrong: `no link joins ${quoted(word)}` };
  const near = nearestWord(face, faces);
  return refused(`interface of ${quoted(node)} called`, face, near && `${node}:${near}`, faces);
}

function refused(what: string, word: string, near: string | undefined, right: readonly string[]): NamedLinks {
  const more = right.length > MOST_NAMED ? ' and more' : '';
  const hint = near === undefined ? `; there are ${right.slice(0, MOST_NAMED).join(', ')}${more}` : didYouMean(near);
  return { wrong: `there is no ${what} ${quoted(word)}${hint}` };
}

/** The link whose ends are meant, each end by itself: a slip in one end is a small part of the whole name. */
function nearestLink(
  given: readonly [string, string],
  ends: readonly string[],
  names: readonly string[],
): string | undefined {
  const [a, b] = given.map((end) => (ends.includes(end) ? end : nearestWord(end, ends)));
  if (a !== undefined && b !== undefined && names.includes(linkName(a, b))) return linkName(a, b);
  const one = ends.find((end) => end === a || end === b);
  return one && names.find((name) => name.split(' -- ').includes(one));
}
