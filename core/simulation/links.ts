import type { LinkDirection } from '../network/index.ts';
import { dequeueFrame, drawFortune, enqueueFrame, flushFrames, isImpaired } from '../network/index.ts';
import { FATE, type Packet } from '../packet/index.ts';
import { pushEvent } from '../time/index.ts';
import type { LinkSettings } from '../topology/index.ts';
import type { Engine } from './engine.ts';
import { foldRecord } from './judge.ts';
import { OPCODE } from './opcodes.ts';

/** A frame may be so much larger than the link's MTU: room for the link layer's own header. */
export const MOST_LINK_HEADER = 22;

/** The place of a record that belongs to a link: see `Trace.add`. */
export function linkPlace(direction: number): number {
  return -2 - direction;
}

/** Puts a whole frame on the link of an interface: it waits for the transmitter, crosses, and arrives as one event. */
export function sendFrame(engine: Engine, instance: number, packet: Packet, interfaceNumber: number): void {
  const { run, wiring } = engine;
  const index = wiring.directionOf[interfaceNumber] as number;
  const face = wiring.faces[interfaceNumber];
  if (face?.up !== true) {
    engine.drop(instance, packet, 'core.interface-down', { interface: face?.name ?? '' });
    return;
  }
  const direction = run.directions[index] as LinkDirection;
  const settings = run.links[index >> 1] as LinkSettings;
  const size = packet.end - packet.start;
  if (size > settings.mtu + MOST_LINK_HEADER) {
    engine.drop(linkPlace(index), packet, 'core.too-large', { size, mtu: settings.mtu });
    return;
  }
  const now = run.now;
  const { rate } = settings;
  let starts = now;
  let sent = now;
  if (rate > 0) {
    if (direction.busyUntil > now) {
      starts = direction.busyUntil;
      // What waits is what the transmitter is still busy with: no list of it is needed.
      if (((starts - now) * rate) / 8e9 + size > settings.queue) {
        engine.drop(linkPlace(index), packet, 'core.queue-full', { limit: settings.queue, size });
        return;
      }
    }
    sent = starts + Math.round((size * 8e9) / rate);
    direction.busyUntil = sent;
  }
  const arrival = sent + settings.delay;
  packet.fate = FATE.onLink;
  packet.tags = undefined;
  run.lastTransmit = now;
  let cause = 0;
  if (engine.trace !== undefined) {
    cause = engine.trace.transmit(now, index, packet, engine.cause, starts, arrival);
    run.nextRecord = cause + 1;
    foldRecord(engine, 'transmit', cause);
  }
  if (isImpaired(settings)) cross(engine, index, packet, arrival, cause);
  else fly(engine, index, packet, arrival, cause);
}

/** Lets a frame fly in order: behind those in flight. */
function fly(engine: Engine, index: number, packet: Packet, arrival: number, cause: number): void {
  const direction = engine.run.directions[index] as LinkDirection;
  // A link whose delay was shortened under way still keeps its order.
  const at = arrival < direction.lastArrival && direction.count > 0 ? direction.lastArrival : arrival;
  if (enqueueFrame(direction, packet, at, cause)) {
    pushEvent(engine.run.queue, at, OPCODE.arrival, index, 0, cause);
  }
}

/** Lets a frame meet its fortune on an impaired link. */
function cross(engine: Engine, index: number, packet: Packet, arrival: number, cause: number): void {
  const { run } = engine;
  const settings = run.links[index >> 1] as LinkSettings;
  const names = engine.wiring.names.direction(index);
  const fortune = drawFortune(settings, (packet.end - packet.start) * 8, (purpose) =>
    engine.stream(`link/${names.link}/${names.node}:${names.interface}/${purpose}`),
  );
  const before = engine.cause;
  engine.cause = cause;
  if (fortune.lost) {
    engine.drop(linkPlace(index), packet, 'core.link-lost', { loss: `${settings.loss * 100} %` });
    engine.cause = before;
    return;
  }
  if (fortune.duplicated) {
    const copy = engine.copyPacket(packet);
    engine.record('derive', linkPlace(index), copy.id, 'core.duplicated', { from: packet.id, relation: 'copy' });
    copy.fate = FATE.onLink;
    fly(engine, index, copy, arrival, cause);
  }
  if (fortune.flippedBit >= 0) {
    const at = packet.start + (fortune.flippedBit >> 3);
    packet.buffer[at] = (packet.buffer[at] as number) ^ (0x80 >> (fortune.flippedBit & 7));
    engine.record('note', linkPlace(index), packet.id, 'core.corrupted', { bit: fortune.flippedBit });
  }
  engine.cause = before;
  if (fortune.overtakenBy === 0) {
    fly(engine, index, packet, arrival + fortune.extraDelay, cause);
    return;
  }
  const stray = { packet, direction: index };
  let slot = run.freeStrays.pop();
  if (slot === undefined) slot = run.strays.push(stray) - 1;
  else run.strays[slot] = stray;
  pushEvent(run.queue, arrival + fortune.extraDelay + fortune.overtakenBy, OPCODE.stray, 0, slot, cause);
}

/** The head of a direction's ring arrives. */
export function arriveHead(engine: Engine, index: number): void {
  const { run } = engine;
  const direction = run.directions[index] as LinkDirection;
  // A cut link was emptied while this event was in the queue.
  if (direction.count === 0 || (direction.times[direction.head] as number) > run.now) return;
  engine.cause = direction.causes[direction.head] as number;
  const packet = dequeueFrame(direction);
  if (direction.count > 0) {
    const head = direction.head;
    const cause = direction.causes[head] as number;
    pushEvent(run.queue, direction.times[head] as number, OPCODE.arrival, index, 0, cause);
  }
  arrive(engine, index, packet);
}

export function arriveStray(engine: Engine, slot: number): void {
  const { run } = engine;
  const stray = run.strays[slot];
  run.strays[slot] = null;
  run.freeStrays.push(slot);
  if (stray !== null && stray !== undefined) arrive(engine, stray.direction, stray.packet);
}

function arrive(engine: Engine, index: number, packet: Packet): void {
  const { wiring } = engine;
  packet.ingress = wiring.receiverIndex[index] as number;
  packet.outer = -1;
  packet.hooks = 0;
  const receiver = engine.linkReceivers[wiring.receiverNode[index] as number];
  if (receiver === undefined) {
    const node = wiring.nodes[wiring.receiverNode[index] as number];
    packet.fate = FATE.inHand;
    engine.drop(linkPlace(index), packet, 'core.nobody-above', {
      node: node?.name ?? '',
      interface: node?.face.interfaces[packet.ingress]?.name ?? '',
    });
    return;
  }
  engine.receive(receiver, packet);
}

/** Drops what is in flight on both directions of a link that is cut. */
export function cutLink(engine: Engine, link: number): void {
  for (const index of [2 * link, 2 * link + 1]) {
    const direction = engine.run.directions[index] as LinkDirection;
    for (const packet of flushFrames(direction)) engine.drop(linkPlace(index), packet, 'core.link-cut');
    direction.busyUntil = engine.run.now;
    direction.lastArrival = engine.run.now;
  }
  engine.run.strays.forEach((stray, slot) => {
    if (stray === null || stray.direction >> 1 !== link) return;
    engine.drop(linkPlace(stray.direction), stray.packet, 'core.link-cut');
    // The event stays in the queue and finds the place empty.
    engine.run.strays[slot] = null;
  });
}
