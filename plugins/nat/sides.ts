import { nearestWord } from '../../core/index.ts';
import { type Ipv4InterfaceAddress, inIpv4Prefix } from '../ipv4/contract.ts';
import type { NatConfig } from './config.ts';

/** An interface as the topology describes it. */
interface Face {
  readonly name: string;
  readonly addresses: readonly { readonly syntax: string; readonly value: unknown }[];
}

/** Which interfaces are where: the outside's index, and by index whether an interface is inside. */
export interface Sides {
  readonly outside: number;
  readonly insides: readonly boolean[];
}

const OUTSIDE_NAMES = ['wan', 'outside', 'external', 'internet', 'uplink'];

/** Finds the outside, as configured or as it can be told from names and addresses, and the inside. */
export function chooseSides(
  faces: readonly Face[],
  config: Pick<NatConfig, 'inside' | 'outside'>,
): Sides | { readonly key: 'inside' | 'outside'; readonly wrong: string } {
  const indexOf = (name: string): number => faces.findIndex((face) => face.name === name);
  const unknown = [...(config.inside ?? []), ...(config.outside === undefined ? [] : [config.outside])].find(
    (name) => indexOf(name) < 0,
  );
  if (unknown !== undefined) {
    const names = faces.map((face) => face.name);
    const near = nearestWord(unknown, names);
    const hint = near === undefined ? ` (it has ${names.join(', ') || 'none'})` : `, did you mean \`${near}\`?`;
    return { key: unknown === config.outside ? 'outside' : 'inside', wrong: `there is no interface ${unknown}${hint}` };
  }
  const outside = config.outside === undefined ? guessOutside(faces, config.inside) : indexOf(config.outside);
  if (outside < 0) {
    return { key: 'outside', wrong: 'say which interface is `outside`: neither names nor addresses tell' };
  }
  const name = (faces[outside] as Face).name;
  if (config.inside?.includes(name) === true) {
    return { key: 'inside', wrong: `${name} cannot be inside and outside` };
  }
  const insides = faces.map((face, at) =>
    config.inside === undefined ? at !== outside : config.inside.includes(face.name),
  );
  return { outside, insides };
}

function guessOutside(faces: readonly Face[], inside: readonly string[] | undefined): number {
  const named = faces.findIndex((face) => OUTSIDE_NAMES.includes(face.name) && inside?.includes(face.name) !== true);
  if (named >= 0) return named;
  const candidates = faces.filter((face) => inside?.includes(face.name) !== true);
  if (inside !== undefined && candidates.length === 1) return faces.indexOf(candidates[0] as Face);
  const open = candidates.filter((face) =>
    face.addresses.some(({ syntax, value }) => syntax === 'ipv4' && isPublic(value as Ipv4InterfaceAddress)),
  );
  return open.length === 1 ? faces.indexOf(open[0] as Face) : -1;
}

/** Neither RFC 1918's nor the shared space of RFC 6598. */
function isPublic({ address }: Ipv4InterfaceAddress): boolean {
  return (
    !inIpv4Prefix(address, 0x0a000000, 8) &&
    !inIpv4Prefix(address, 0xac100000, 12) &&
    !inIpv4Prefix(address, 0xc0a80000, 16) &&
    !inIpv4Prefix(address, 0x64400000, 10)
  );
}
