import { type Command, type Context, type Packet, type Protocol, packetLength, sameBytes } from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { type UdpTag, udpContract } from '../udp/contract.ts';
import type { EchoAction } from './config.ts';
import { type EchoExchange, type EchoState, MOST_EXCHANGES } from './state.ts';

/** The port of the echo service (RFC 862). */
export const ECHO_PORT = 7;

export const echoProtocol: Protocol<EchoState, object> = {
  create: () => ({ served: 0, exchanges: [] }),

  receive(state, packet, ctx) {
    const tag = packet.tags?.udp as UdpTag;
    if (tag.destinationPort === ECHO_PORT) serve(state, packet, tag, ctx);
    else compare(state, packet, tag, ctx);
  },

  command(state, command: Command, ctx) {
    const { echo, count, interval, text } = command.args as EchoAction;
    const port = ctx.sibling(udpContract)?.freePort();
    if (port === undefined || !ctx.bind('udp', port)) {
      ctx.note('echo.no-port');
      return;
    }
    const exchange: EchoExchange = { server: echo, text, port, interval, left: count, sent: 0, returned: 0 };
    if (state.exchanges.length >= MOST_EXCHANGES) {
      const oldest = state.exchanges.shift() as EchoExchange;
      ctx.unbind('udp', oldest.port);
    }
    state.exchanges.push(exchange);
    ask(exchange, ctx);
  },

  timer(state, timer, ctx) {
    const exchange = state.exchanges.find(({ port }) => port === timer.data);
    if (exchange !== undefined) ask(exchange, ctx);
  },
};

/** Sends back what came, to where it came from. */
function serve(state: EchoState, packet: Packet, tag: UdpTag, ctx: Context): void {
  // Two echo servers would answer each other for ever (RFC 862 does not say so; CERT CA-1996-01 does).
  if (tag.sourcePort === ECHO_PORT) {
    ctx.drop(packet, 'echo.loop', { source: formatIpv4(tag.source) });
    return;
  }
  state.served++;
  const answer = ctx.replacePacket(packet, 'answer', packetLength(packet));
  answer.buffer.set(packet.buffer.subarray(packet.start, packet.end), answer.start);
  ctx.sibling(udpContract)?.send(answer, {
    source: tag.destination,
    sourcePort: ECHO_PORT,
    destination: tag.source,
    destinationPort: tag.sourcePort,
  });
}

/** An answer came: is it what was sent? */
function compare(state: EchoState, packet: Packet, tag: UdpTag, ctx: Context): void {
  const exchange = state.exchanges.find(({ port }) => port === tag.destinationPort);
  if (exchange === undefined || exchange.server !== tag.source || tag.sourcePort !== ECHO_PORT) {
    ctx.drop(packet, 'echo.unasked', { source: formatIpv4(tag.source) });
    return;
  }
  const same = sameBytes(packet.buffer.subarray(packet.start, packet.end), new TextEncoder().encode(exchange.text));
  if (!same) {
    ctx.drop(packet, 'echo.changed', { server: formatIpv4(exchange.server) });
    return;
  }
  exchange.returned++;
  ctx.note('echo.returned', { server: formatIpv4(exchange.server), number: exchange.returned }, packet);
  ctx.consume(packet);
}

function ask(exchange: EchoExchange, ctx: Context): void {
  const bytes = new TextEncoder().encode(exchange.text);
  const packet = ctx.createPacket(bytes.length);
  packet.buffer.set(bytes, packet.start);
  exchange.sent++;
  exchange.left--;
  if (exchange.left > 0) ctx.setTimer('next', exchange.interval, exchange.port);
  ctx.sibling(udpContract)?.send(packet, {
    sourcePort: exchange.port,
    destination: exchange.server,
    destinationPort: ECHO_PORT,
  });
}
