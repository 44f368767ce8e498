/** Where a storm takes place: two gateways on a network, and in some seeds a translator before one of them. */

export const GATEWAYS = ['gw-a', 'gw-b'] as const;

/** An interface at which a frame is put on its way. */
export interface Door {
  readonly node: string;
  readonly interface: string;
}

/** A link between the gateways on which somebody listens. */
export interface Wire {
  /** How its name begins: the end that is nearest to a gateway. */
  readonly end: string;
  /** The node at that end. */
  readonly node: string;
  /** The gateway that is there or behind it. */
  readonly gateway: (typeof GATEWAYS)[number];
  /** Where frames towards it enter. */
  readonly door: Door;
  /** The wire that what it sends comes to next, unchanged; `undefined`: it is changed on the way. */
  readonly across: number | undefined;
}

const toB: Wire = {
  end: 'gw-b:wan',
  node: 'gw-b',
  gateway: 'gw-b',
  door: { node: 'net', interface: 'p1' },
  across: 0,
};

export const DIRECT: readonly Wire[] = [
  { end: 'gw-a:wan', node: 'gw-a', gateway: 'gw-a', door: { node: 'net', interface: 'p0' }, across: 1 },
  toB,
];

export const TRANSLATED: readonly Wire[] = [
  { end: 'home:wan', node: 'home', gateway: 'gw-a', door: { node: 'net', interface: 'p0' }, across: 1 },
  toB,
  { end: 'gw-a:wan', node: 'gw-a', gateway: 'gw-a', door: { node: 'home', interface: 'lan' }, across: undefined },
];
