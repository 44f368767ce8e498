import { type Context, type Instant, SECOND, write32 } from '../../core/index.ts';
import { formatIpv4, type Ipv4Address } from '../ipv4/contract.ts';
import { errorsToPort, type UdpCalls, type UdpSendOptions, udpContract } from '../udp/contract.ts';
import type { FlowSettings } from './config.ts';
import { TRAFFIC_MARK, trafficHeader } from './headers.ts';

/** The most flows that one node sends in a run. */
export const MOST_FLOWS = 1024;
const DEFAULT_COUNT = 10;
const DEFAULT_INTERVAL = SECOND / 10;
const AT = trafficHeader.offset;

/** A stream of datagrams, and how far it is. */
export interface Flow {
  /** Its number in the payload: random, so that no other flow of the run has it. */
  readonly token: number;
  readonly destination: Ipv4Address;
  readonly port: number;
  readonly size: number;
  readonly interval: number;
  readonly count: number;
  readonly options: UdpSendOptions;
  readonly started: Instant;
  sent: number;
  /** ICMP errors that came back. */
  refused: number;
}

/** Makes a flow that begins now; `undefined` when the node has no free port. */
export function createFlow(settings: Omit<FlowSettings, 'start'>, token: number, ctx: Context): Flow | undefined {
  const udp = ctx.sibling(udpContract) as UdpCalls;
  const sourcePort = settings.source_port ?? udp.freePort();
  if (sourcePort === undefined) return undefined;
  // Bound so that nobody else gets the port; what arrives there, and ICMP errors about the flow, come here.
  ctx.bind('udp', sourcePort);
  ctx.bind('udp', errorsToPort(sourcePort));
  const interval = intervalOf(settings);
  return {
    token,
    destination: settings.to,
    port: settings.port,
    size: settings.size,
    interval,
    count: countOf(settings, interval),
    options: {
      destination: settings.to,
      destinationPort: settings.port,
      sourcePort,
      dontFragment: settings.dont_fragment,
      typeOfService: settings.dscp << 2,
      withoutChecksum: !settings.checksum,
      ...(settings.source === undefined ? {} : { source: settings.source }),
    },
    started: ctx.now(),
    sent: 0,
    refused: 0,
  };
}

function intervalOf({ rate, interval, size }: Pick<FlowSettings, 'rate' | 'interval' | 'size'>): number {
  if (rate === undefined) return interval ?? DEFAULT_INTERVAL;
  return Math.max(1, Math.round((size * 8 * SECOND) / rate));
}

function countOf({ count, duration }: Pick<FlowSettings, 'count' | 'duration'>, interval: number): number {
  const fitting = duration === undefined ? Number.POSITIVE_INFINITY : Math.floor(duration / interval) + 1;
  return Math.min(count ?? (duration === undefined ? DEFAULT_COUNT : Number.POSITIVE_INFINITY), fitting);
}

/** Sends the next datagram and sets the timer for the one after it. */
export function sendNext(flow: Flow, index: number, ctx: Context): void {
  const now = ctx.now();
  const packet = ctx.createPacket(flow.size);
  const { buffer, start } = packet;
  const seconds = Math.floor(now / SECOND);
  write32(buffer, start + AT.mark, TRAFFIC_MARK);
  write32(buffer, start + AT.flow, flow.token);
  write32(buffer, start + AT.sequence, flow.sent);
  write32(buffer, start + AT.seconds, seconds);
  write32(buffer, start + AT.nanoseconds, now - seconds * SECOND);
  flow.sent++;
  if (flow.sent < flow.count) ctx.setTimer('next', flow.interval, index);
  else ctx.note('traffic.finished', { to: formatIpv4(flow.destination), port: flow.port, sent: flow.sent });
  (ctx.sibling(udpContract) as UdpCalls).send(packet, flow.options);
}
