import { type DescribedNode, didYouMean, nearestWord, type Problem, quoted } from '../../core/index.ts';
import type { ChildExpectation, InitiateAction } from './config.ts';
import { transformOfKeyword } from './keywords.ts';
import type { IpsecConfig } from './state.ts';

/** Names of connections, children and transforms in timelines and expectations, held against the settings of their node. */

/** A connection or `connection/child` that an action names. */
export function targetProblems(
  key: string,
  { connection, child }: InitiateAction['initiate'],
  node: DescribedNode,
): Problem[] {
  const config = node.plugins.ipsec as IpsecConfig | undefined;
  if (config === undefined) return [];
  const names = config.connections.map(({ name }) => name);
  const found = config.connections.find(({ name }) => name === connection);
  if (found === undefined) return [unknown([key], node, 'connection', connection, names, child ? `/${child}` : '')];
  const children = found.children.map(({ name }) => name);
  if (child === undefined || children.includes(child)) return [];
  return [unknown([key], node, `child of ${connection}`, child, children, '', `${connection}/`)];
}

export function childProblems(spec: ChildExpectation, nodes: readonly DescribedNode[]): Problem[] {
  const node = nodes.find(({ name }) => name === spec.node);
  if (node === undefined) return [];
  const config = node.plugins.ipsec as IpsecConfig | undefined;
  if (config === undefined) {
    return [{ path: ['node'], message: `node ${spec.node} has no plugin ipsec`, severity: 'warning' }];
  }
  const problems: Problem[] = [];
  const names = [
    ...config.manual.map(({ name }) => name),
    ...config.connections.flatMap(({ name, children }) => children.map((child) => `${name}/${child.name}`)),
  ];
  if (!names.includes(spec.child)) {
    const whole = names.filter((name) => name.endsWith(`/${spec.child}`));
    problems.push(unknown(['child'], node, 'child', spec.child, whole.length === 1 ? whole : names));
  }
  const wrong = spec.proposal?.split('-').find((keyword) => transformOfKeyword(keyword) === undefined);
  if (wrong !== undefined) problems.push({ path: ['proposal'], message: `there is no transform ${quoted(wrong)}` });
  return problems;
}

function unknown(
  path: readonly string[],
  node: DescribedNode,
  what: string,
  name: string,
  names: readonly string[],
  after = '',
  before = '',
): Problem {
  const near = names.length === 1 && name !== '' ? names[0] : nearestWord(name, names);
  const suggestion = near === undefined ? undefined : `${before}${near}${after}`;
  const has = names.length === 0 ? 'none' : names.slice(0, MOST_LISTED).join(', ');
  const hint = suggestion === undefined ? `; it has ${has}` : didYouMean(suggestion);
  const message = `${node.name} has no ${what} called ${quoted(name)}${hint}`;
  return { path, message, ...(suggestion === undefined ? {} : { suggestion }) };
}

const MOST_LISTED = 12;
