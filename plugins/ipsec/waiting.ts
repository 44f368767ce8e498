import { type Context, type Packet, SECOND } from '../../core/index.ts';
import { keyingFor } from './keying.ts';
import type { PacketFace } from './packet-selector.ts';
import { type IpsecState, MOST_WAITING, MOST_WAITING_FOR_ONE, type Policy, type Waiting } from './state.ts';

/** Packets that met a trap wait here while keys are made for them. */

/** So long they wait, unless keying gives up earlier: what a key exchange with all its retransmissions may take. */
const LONGEST_WAIT = 165 * SECOND;

/** Takes a packet that met a trap. */
export function waitForKeys(state: IpsecState, policy: Policy, packet: Packet, face: PacketFace, ctx: Context): void {
  const { connection, child } = policy;
  const keying = keyingFor(state, connection, ctx);
  if (keying === undefined) {
    ctx.drop(packet, 'ipsec.nobody-negotiates', { policy: policy.name });
    return;
  }
  const present = findWaiting(state, connection, child);
  const total = state.waiting.reduce((sum, { packets }) => sum + packets.length, 0);
  if ((present?.packets.length ?? 0) >= MOST_WAITING_FOR_ONE || total >= MOST_WAITING) {
    ctx.drop(packet, 'ipsec.too-many-waiting', { policy: policy.name, limit: MOST_WAITING_FOR_ONE });
    return;
  }
  ctx.hold(packet, 'ipsec.waiting', { policy: policy.name });
  if (present !== undefined) {
    present.packets.push(packet);
    return;
  }
  const timer = ctx.setTimer('waiting', LONGEST_WAIT, { connection, child });
  state.waiting.push({ connection, child, packets: [packet], timer });
  keying.acquire(connection, child, face);
}

/** Keys are there: what waited goes on, behind what keying itself still sends at this instant. */
export function releaseWaiting(state: IpsecState, connection: string, child: string, ctx: Context): void {
  if (findWaiting(state, connection, child) !== undefined) ctx.setTimer('release', 0, { connection, child });
}

/** Lets go of the packets that waited for a trap's keys, and says how many. */
export function dropWaiting(
  state: IpsecState,
  connection: string,
  child: string,
  code: 'ipsec.keys-failed' | 'ipsec.wait-over',
  why: string,
  ctx: Context,
): number {
  const packets = takeWaiting(state, connection, child, ctx)?.packets ?? [];
  for (const packet of packets) {
    ctx.takeUp(packet);
    ctx.drop(packet, code, { policy: `${connection}/${child}`, why });
  }
  return packets.length;
}

/** Takes the packets out that wait for a trap's keys. They are still held. */
export function takeWaiting(state: IpsecState, connection: string, child: string, ctx: Context): Waiting | undefined {
  const waiting = findWaiting(state, connection, child);
  if (waiting === undefined) return undefined;
  state.waiting.splice(state.waiting.indexOf(waiting), 1);
  ctx.cancelTimer(waiting.timer);
  return waiting;
}

function findWaiting(state: IpsecState, connection: string, child: string): Waiting | undefined {
  return state.waiting.find((entry) => entry.connection === connection && entry.child === child);
}
