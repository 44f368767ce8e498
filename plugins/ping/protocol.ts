import {
  type Context,
  formatDuration,
  nextBelow,
  type Packet,
  type Protocol,
  packetLength,
  read16,
  read32,
} from '../../core/index.ts';
import {
  describeIcmpError,
  echoHeader,
  ICMP_TYPE,
  type IcmpCalls,
  type IcmpErrorTag,
  icmpContract,
} from '../icmp/contract.ts';
import { formatIpv4, ipv4Header, ipv4HeaderSize } from '../ipv4/contract.ts';
import type { PingAction } from './config.ts';
import { addRun, countReply, isDone, MOST_RUNS, type PingRun, type PingState } from './state.ts';

const IP = ipv4Header.offset;
const ECHO = echoHeader.offset;
const ECHO_SIZE = echoHeader.fixedSize;

export const pingProtocol: Protocol<PingState, unknown> = {
  create: (_config, ctx) => ({
    nextRun: 1,
    nextIdentifier: nextBelow(ctx.random('identifier'), 0x1_0000),
    runs: [],
  }),

  command(state, command, ctx) {
    if (command.name !== 'ping') return;
    const settings = command.args as PingAction;
    const run = addRun(state, settings);
    if (run === undefined) ctx.note('ping.too-many', { target: formatIpv4(settings.ping), limit: MOST_RUNS });
    else sendNext(run, ctx);
  },

  timer(state, timer, ctx) {
    const { run: id, sequence } = timer.data as { run: number; sequence: number };
    const run = state.runs.find((one) => one.id === id);
    if (run === undefined) return;
    if (timer.name === 'next') sendNext(run, ctx);
    else if (timer.name === 'timeout' && run.waiting.delete(sequence)) {
      run.timedOut++;
      const waited = formatDuration(run.settings.timeout);
      ctx.note('ping.timeout', { target: formatIpv4(run.target), sequence, run: id, waited });
      finish(run, ctx);
    }
  },

  receive(state, packet, ctx) {
    if (packet.tags?.icmp === undefined) receiveReply(state, packet, ctx);
    else receiveError(state, packet, packet.tags.icmp as IcmpErrorTag, ctx);
  },
};

function sendNext(run: PingRun, ctx: Context): void {
  const { settings } = run;
  const sequence = ++run.sent;
  const packet = ctx.createPacket(settings.size);
  for (let at = 0; at < settings.size; at++) packet.buffer[packet.start + at] = at;
  const timer = ctx.setTimer('timeout', settings.timeout, { run: run.id, sequence });
  run.waiting.set(sequence, { sentAt: ctx.now(), timer });
  if (sequence < settings.count) ctx.setTimer('next', settings.interval, { run: run.id, sequence });
  ctx.note('ping.sent', { target: formatIpv4(run.target), sequence, run: run.id }, packet);
  (ctx.sibling(icmpContract) as IcmpCalls).sendEcho(packet, {
    destination: run.target,
    identifier: run.identifier,
    sequence,
    dontFragment: settings.dont_fragment,
    ...(settings.ttl === undefined ? {} : { ttl: settings.ttl }),
    ...(settings.source === undefined ? {} : { source: settings.source }),
  });
}

/** An echo reply: `packet.start` at ICMP's header, `packet.outer` at the IPv4 header. */
function receiveReply(state: PingState, packet: Packet, ctx: Context): void {
  const { buffer, start, outer } = packet;
  const identifier = read16(buffer, start + ECHO.identifier);
  const sequence = read16(buffer, start + ECHO.sequence);
  const source = read32(buffer, outer + IP.source);
  const from = formatIpv4(source);
  const run = state.runs.find((one) => one.identifier === identifier && one.target === source);
  if (run === undefined || sequence === 0 || sequence > run.sent) {
    ctx.drop(packet, 'ping.unasked', { from, sequence });
    return;
  }
  const waiting = run.waiting.get(sequence);
  if (waiting === undefined) {
    run.duplicates++;
    ctx.note('ping.late', { target: from, from, sequence, run: run.id }, packet);
    ctx.consume(packet);
    return;
  }
  run.waiting.delete(sequence);
  ctx.cancelTimer(waiting.timer);
  const rtt = ctx.now() - waiting.sentAt;
  countReply(run, rtt);
  const values = {
    target: from,
    from,
    sequence,
    run: run.id,
    rtt,
    took: formatDuration(rtt),
    size: packetLength(packet) - ECHO_SIZE,
    ttl: buffer[outer + IP.timeToLive] as number,
  };
  ctx.note('ping.reply', values, packet);
  ctx.consume(packet);
  finish(run, ctx);
}

/** An ICMP error: `packet.start` at the IPv4 header of the request that it quotes. */
function receiveError(state: PingState, packet: Packet, error: IcmpErrorTag, ctx: Context): void {
  const { buffer, start, end } = packet;
  const echo = start + ipv4HeaderSize(buffer, start);
  const from = formatIpv4(error.from);
  const target = read32(buffer, start + IP.destination);
  const isOurs = echo + ECHO_SIZE <= end && buffer[echo + ECHO.type] === ICMP_TYPE.echo;
  const identifier = isOurs ? read16(buffer, echo + ECHO.identifier) : -1;
  const sequence = isOurs ? read16(buffer, echo + ECHO.sequence) : 0;
  const run = state.runs.find((one) => one.identifier === identifier && one.target === target);
  const waiting = run?.waiting.get(sequence);
  if (run === undefined || waiting === undefined) {
    ctx.drop(packet, 'ping.unasked', { from, sequence });
    return;
  }
  run.waiting.delete(sequence);
  ctx.cancelTimer(waiting.timer);
  run.refused++;
  const reason = describeIcmpError(error.type, error.code);
  const mtu = error.nextHopMtu > 0 ? { mtu: error.nextHopMtu } : {};
  ctx.note('ping.error', { target: formatIpv4(target), sequence, run: run.id, from, reason, ...mtu }, packet);
  ctx.consume(packet);
  finish(run, ctx);
}

function finish(run: PingRun, ctx: Context): void {
  if (!isDone(run)) return;
  const { sent, answered, refused, timedOut } = run;
  ctx.note('ping.finished', { target: formatIpv4(run.target), run: run.id, sent, answered, refused, timedOut });
}
