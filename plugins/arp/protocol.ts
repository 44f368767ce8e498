import type { Context, Protocol } from '../../core/index.ts';
import { BROADCAST_MAC, ETHER_TYPE, type EthernetCalls, ethernetContract } from '../ethernet/contract.ts';
import { type Ipv4Address, ipv4Contract } from '../ipv4/contract.ts';
import type { ArpConfig } from './config.ts';
import type { ArpCalls } from './contract.ts';
import { hear } from './hear.ts';
import { probe, probeTimedOut } from './probe.ts';
import { announce, ask, forget, giveUp, learn, waitForNeighbour } from './resolve.ts';
import { type ArpState, addNeighbour, createState, findNeighbour, type Neighbour } from './state.ts';

export const arpProtocol: Protocol<ArpState, ArpConfig> = {
  create: createState,

  start(state, ctx) {
    announceAll(state, -1, ctx);
  },

  receive: hear,

  timer(state, timer, ctx) {
    if (timer.name === 'probe') {
      probeTimedOut(state, timer.id, ctx);
      return;
    }
    const { interface: interfaceIndex, address } = timer.data as { interface: number; address: Ipv4Address };
    const neighbour = findNeighbour(state, interfaceIndex, address);
    if (neighbour === undefined || neighbour.timer !== timer.id) return;
    if (neighbour.asked >= state.config.requests) giveUp(state, neighbour, ctx);
    else ask(state, neighbour, ctx);
  },

  linkChanged(state, interfaceIndex, up, ctx) {
    if (up) {
      announceAll(state, interfaceIndex, ctx);
      return;
    }
    for (const neighbour of state.neighbours[interfaceIndex]?.values() ?? []) {
      forget(neighbour, 'arp.interface-down', ctx);
    }
    state.neighbours[interfaceIndex]?.clear();
  },

  calls(state, ctx): ArpCalls {
    let ethernet: EthernetCalls | undefined;
    const below = (): EthernetCalls => {
      ethernet ??= ctx.sibling(ethernetContract) as EthernetCalls;
      return ethernet;
    };
    return {
      resolve(packet, interfaceIndex, nextHop) {
        const neighbour = state.neighbours[interfaceIndex]?.get(nextHop);
        if (neighbour === undefined || neighbour.mac < 0) {
          waitForNeighbour(state, packet, interfaceIndex, nextHop, ctx);
          return;
        }
        // Past its time the entry still serves while the neighbour is asked whether it is there (RFC 1122 §2.3.2.1, unicast poll).
        if (neighbour.timer < 0 && ctx.now() - neighbour.confirmed > state.config.timeout) ask(state, neighbour, ctx);
        below().send(packet, interfaceIndex, neighbour.mac, ETHER_TYPE.ipv4);
      },
      broadcast(packet, interfaceIndex) {
        below().send(packet, interfaceIndex, BROADCAST_MAC, ETHER_TYPE.ipv4);
      },
      probe: (interfaceIndex, address, wait, by) => probe(state, interfaceIndex, address, wait, by, ctx),
      enter(interfaceIndex, address, mac) {
        const known = findNeighbour(state, interfaceIndex, address);
        const evict = (gone: Neighbour): void => forget(gone, 'arp.table-full', ctx);
        learn(known ?? addNeighbour(state, interfaceIndex, address, evict), mac, ctx);
      },
      announce(interfaceIndex, address) {
        if (state.config.announce) announce(interfaceIndex, address, ctx);
      },
    };
  },
};

/** Announces the node's addresses, on one interface or (-1) on all. */
function announceAll(state: ArpState, interfaceIndex: number, ctx: Context): void {
  if (!state.config.announce) return;
  for (const own of ctx.sibling(ipv4Contract)?.addresses() ?? []) {
    if (interfaceIndex < 0 || own.interface === interfaceIndex) announce(own.interface, own.address, ctx);
  }
}
