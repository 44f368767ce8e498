import type { InterfaceFace, NodeFace, Registry } from '../plugin/index.ts';
import type { InterfaceDescription, NodeDescription, Topology } from '../topology/index.ts';
import type { TraceNames } from '../trace/index.ts';
import { type Instance, type Makeup, makeupOf, Providers } from './providers.ts';

export type { Instance } from './providers.ts';

export interface WiredNode {
  readonly index: number;
  readonly name: string;
  readonly face: NodeFace;
  /** Number of its first interface; its interface `i` is `firstInterface + i`. */
  readonly firstInterface: number;
  /** Their indices follow each other. */
  readonly instances: readonly Instance[];
  readonly makeup: Makeup;
  /** Who provides a contract here. */
  readonly providers: Providers;
}

/** All that follows from topology and registry and never changes in a run: derived, so it is no part of the run's state. */
export interface Wiring {
  readonly nodes: readonly WiredNode[];
  readonly nodeByName: ReadonlyMap<string, WiredNode>;
  readonly instances: readonly Instance[];
  readonly linkByName: ReadonlyMap<string, number>;
  /** By interface number: the direction that it sends into; -1 where no link is. */
  readonly directionOf: Int32Array;
  /** By direction: the interface number that receives, its node, and its index there. */
  readonly receiverInterface: Int32Array;
  readonly receiverNode: Int32Array;
  readonly receiverIndex: Int32Array;
  readonly senderNode: Int32Array;
  readonly senderIndex: Int32Array;
  /** Node of each interface number. */
  readonly nodeOfInterface: Int32Array;
  /** By interface number. */
  readonly faces: readonly WiredInterface[];
  readonly names: TraceNames;
}

/** MTU of an interface without a link. */
const UNLINKED_MTU = 1500;

/** An interface face. What may change is a plain field that the simulation keeps true: it is read for every packet. */
export class WiredInterface implements InterfaceFace {
  readonly index: number;
  readonly name: string;
  readonly addresses: InterfaceFace['addresses'];
  up = false;
  mtu: number;
  readonly #ownMtu: number;

  constructor(description: InterfaceDescription, index: number) {
    this.index = index;
    this.name = description.name;
    this.addresses = description.addresses;
    this.#ownMtu = description.mtu ?? Number.POSITIVE_INFINITY;
    this.mtu = Math.min(this.#ownMtu, UNLINKED_MTU);
  }

  /** Takes over what the run says: is it up, and the MTU of its link. */
  refresh(up: boolean, linkMtu: number = UNLINKED_MTU): void {
    this.up = up;
    this.mtu = Math.min(this.#ownMtu, linkMtu);
  }
}

export function wire(topology: Topology, registry: Registry): Wiring {
  const interfaces = topology.nodes.reduce((sum, node) => sum + node.interfaces.length, 0);
  const directions = topology.links.length * 2;
  const directionOf = new Int32Array(interfaces).fill(-1);
  const nodeOfInterface = new Int32Array(interfaces);
  const numbers = new Map<string, number>();
  const firsts: number[] = [];
  let next = 0;
  topology.nodes.forEach((node, index) => {
    firsts.push(next);
    for (const face of node.interfaces) {
      numbers.set(`${node.name}:${face.name}`, next);
      nodeOfInterface[next++] = index;
    }
  });
  const receiverInterface = new Int32Array(directions);
  const receiverNode = new Int32Array(directions);
  const receiverIndex = new Int32Array(directions);
  const senderNode = new Int32Array(directions);
  const senderIndex = new Int32Array(directions);
  topology.links.forEach((link, at) => {
    const ends = link.ends.map((end) => numbers.get(`${end.node}:${end.interface}`));
    const [a, b] = ends;
    if (a === undefined || b === undefined) throw new Error(`link ${link.name} ends at an interface that is not there`);
    directionOf[a] = 2 * at;
    directionOf[b] = 2 * at + 1;
    for (const [direction, from, to] of [
      [2 * at, a, b],
      [2 * at + 1, b, a],
    ] as const) {
      receiverInterface[direction] = to;
      receiverNode[direction] = nodeOfInterface[to] as number;
      receiverIndex[direction] = to - (firsts[nodeOfInterface[to] as number] as number);
      senderNode[direction] = nodeOfInterface[from] as number;
      senderIndex[direction] = from - (firsts[nodeOfInterface[from] as number] as number);
    }
  });
  const makeups = new Map<string, Makeup>();
  const makeupOfNode = (node: NodeDescription): Makeup => {
    const key = node.order.join(' ');
    let known = makeups.get(key);
    if (known === undefined) {
      known = makeupOf(node, registry);
      makeups.set(key, known);
    }
    return known;
  };
  const instances: Instance[] = [];
  const faces: WiredInterface[] = [];
  const nodes = topology.nodes.map((node, index): WiredNode => {
    const firstInterface = firsts[index] as number;
    const face: NodeFace = {
      name: node.name,
      interfaces: node.interfaces.map((description, at) => {
        const wired = new WiredInterface(description, at);
        faces.push(wired);
        return wired;
      }),
    };
    const makeup = makeupOfNode(node);
    const own = makeup.plugins.map((plugin): Instance => {
      const instance = { index: instances.length, node: index, plugin };
      instances.push(instance);
      return instance;
    });
    const providers = new Providers(makeup.places, own);
    return { index, name: node.name, face, firstInterface, instances: own, makeup, providers };
  });
  return {
    nodes,
    nodeByName: new Map(nodes.map((node) => [node.name, node])),
    instances,
    linkByName: new Map(topology.links.map((link, at) => [link.name, at])),
    directionOf,
    receiverInterface,
    receiverNode,
    receiverIndex,
    senderNode,
    senderIndex,
    nodeOfInterface,
    faces,
    names: {
      instance: (index) => {
        const instance = instances[index] as Instance;
        return { node: (nodes[instance.node] as WiredNode).name, plugin: instance.plugin.name };
      },
      direction: (index) => {
        const node = nodes[senderNode[index] as number] as WiredNode;
        return {
          link: topology.links[index >> 1]?.name ?? '',
          node: node.name,
          interface: node.face.interfaces[senderIndex[index] as number]?.name ?? '',
        };
      },
    },
  };
}
