import type { Protocol } from '../../core/index.ts';
import { majorVersionAt } from './header.ts';

/** It keeps nothing. */
export type IsakmpState = Record<string, never>;

/** The highest version there is: it answers messages of versions to come (RFC 7296 §2.5). */
const HIGHEST_VERSION = 2;

/**
 * Port 500, which both versions of IKE share: hands each message to the version that its header names. A message of a version that nobody
 * here speaks goes to the highest one, which answers that it cannot.
 */
export const isakmpProtocol: Protocol<IsakmpState, unknown> = {
  create: () => ({}),
  receive(_state, packet, ctx) {
    const version = majorVersionAt(packet.buffer, packet.start, packet.end);
    if (version < 0) {
      ctx.drop(packet, 'isakmp.too-short', { octets: packet.end - packet.start });
      return;
    }
    if (ctx.deliver(packet, version)) return;
    if (version > HIGHEST_VERSION && ctx.deliver(packet, HIGHEST_VERSION)) return;
    ctx.drop(packet, 'isakmp.nobody-speaks', { version });
  },
};
