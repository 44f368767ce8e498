import { type Context, nextUint32, type Packet, type Protocol } from '../../core/index.ts';
import { describeIcmpError, type IcmpErrorTag } from '../icmp/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import type { UdpTag } from '../udp/contract.ts';
import { type Arrival, countArrival, createArrival, isTraffic, MOST_ARRIVALS, tokenOf } from './arrival.ts';
import { DEFAULT_PORT, type FlowSettings, type TrafficAction, type TrafficConfig } from './config.ts';
import { createFlow, type Flow, MOST_FLOWS, sendNext } from './flow.ts';

export interface TrafficState {
  readonly config: TrafficConfig;
  readonly flows: Flow[];
  /** By the number of the flow, the oldest first. */
  readonly arrivals: Map<number, Arrival>;
}

export const trafficProtocol: Protocol<TrafficState, TrafficConfig> = {
  create: (config) => ({ config, flows: [], arrivals: new Map() }),

  start({ config }, ctx) {
    // The manifest binds the customary port; a node that does not listen there gives it back.
    if (!config.listen.includes(DEFAULT_PORT)) ctx.unbind('udp', DEFAULT_PORT);
    for (const port of config.listen) {
      if (!ctx.bind('udp', port)) ctx.note('traffic.port-taken', { port });
    }
    config.flows.forEach((flow, index) => {
      ctx.setTimer('begin', flow.start, index);
    });
  },

  timer(state, timer, ctx) {
    const index = timer.data as number;
    if (timer.name === 'begin') begin(state, state.config.flows[index] as FlowSettings, ctx);
    else sendNext(state.flows[index] as Flow, index, ctx);
  },

  command(state, command, ctx) {
    if (command.name !== 'traffic') return;
    const { traffic: to, ...settings } = command.args as TrafficAction;
    begin(state, { to, ...settings }, ctx);
  },

  receive(state, packet, ctx) {
    if (packet.tags?.icmp !== undefined)
      receiveError(state, packet, packet.tags.icmp as IcmpErrorTag, packet.tags.udp as UdpTag, ctx);
    else receiveDatagram(state, packet, packet.tags?.udp as UdpTag, ctx);
  },
};

function begin(state: TrafficState, settings: Omit<FlowSettings, 'start'>, ctx: Context): void {
  const to = formatIpv4(settings.to);
  if (state.flows.length >= MOST_FLOWS) {
    ctx.note('traffic.too-many', { to, limit: MOST_FLOWS });
    return;
  }
  const flow = createFlow(settings, nextUint32(ctx.random('flow')), ctx);
  if (flow === undefined) {
    ctx.note('traffic.no-port', { to });
    return;
  }
  ctx.note('traffic.started', { to, port: flow.port, size: flow.size, count: flow.count });
  sendNext(flow, state.flows.push(flow) - 1, ctx);
}

function receiveDatagram(state: TrafficState, packet: Packet, tag: UdpTag, ctx: Context): void {
  if (!isTraffic(packet)) {
    ctx.drop(packet, 'traffic.foreign', { from: formatIpv4(tag.source), port: tag.destinationPort });
    return;
  }
  const token = tokenOf(packet);
  let arrival = state.arrivals.get(token);
  if (arrival === undefined) {
    arrival = createArrival(token, tag, ctx.now());
    if (state.arrivals.size >= MOST_ARRIVALS) forgetOldest(state.arrivals);
    state.arrivals.set(token, arrival);
    ctx.note('traffic.arriving', { from: formatIpv4(tag.source), port: tag.destinationPort }, packet);
  }
  countArrival(arrival, packet, ctx.now());
  ctx.consume(packet);
}

function forgetOldest(arrivals: Map<number, Arrival>): void {
  for (const oldest of arrivals.keys()) {
    arrivals.delete(oldest);
    return;
  }
}

/** An ICMP error about a flow: counted, and told the first time. */
function receiveError(state: TrafficState, packet: Packet, error: IcmpErrorTag, about: UdpTag, ctx: Context): void {
  const { sourcePort, destination, destinationPort } = about;
  const flow = state.flows.find(
    (one) => one.options.sourcePort === sourcePort && one.destination === destination && one.port === destinationPort,
  );
  if (flow !== undefined && ++flow.refused === 1) {
    const reason = describeIcmpError(error.type, error.code);
    const values = { to: formatIpv4(destination), port: destinationPort, from: formatIpv4(error.from), reason };
    ctx.note('traffic.refused', values, packet);
  }
  ctx.consume(packet);
}
