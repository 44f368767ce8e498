import { concatBytes, nextBytes, SECOND } from '../../core/index.ts';
import { equal } from '../crypto/contract.ts';
import type { Endpoint } from '../ipsec/contract.ts';
import { COOKIE_SECRET_SECONDS } from './limits.ts';
import type { Machine } from './machine.ts';
import type { CookieSecret } from './state.ts';

/**
 * Cookies against floods of half-open IKE SAs (RFC 7296 §2.6): a responder that has many answers with
 *
 *     version of the secret (1) | SHA-256 (Ni | address of the initiator | SPIi | secret)
 *
 * and keeps nothing until a request comes back with it.
 */
const SECRET_OCTETS = 32;

export function cookieFor(machine: Machine, nonce: Uint8Array, spi: Uint8Array, peer: Endpoint): Uint8Array {
  return made(machine, presentSecret(machine), nonce, spi, peer);
}

export function cookieHolds(
  machine: Machine,
  cookie: Uint8Array,
  nonce: Uint8Array,
  spi: Uint8Array,
  peer: Endpoint,
): boolean {
  presentSecret(machine);
  const secret = machine.state.cookieSecrets.find(({ version }) => version === cookie[0]);
  return secret !== undefined && equal(cookie, made(machine, secret, nonce, spi, peer));
}

function made(
  machine: Machine,
  { version, secret }: CookieSecret,
  nonce: Uint8Array,
  spi: Uint8Array,
  { address, port }: Endpoint,
): Uint8Array {
  const from = Uint8Array.of(address >>> 24, address >>> 16, address >>> 8, address, port >>> 8, port);
  return concatBytes(Uint8Array.of(version), machine.crypto.hash('sha256', concatBytes(nonce, from, spi, secret)));
}

/** The secret in use; a new one when it is old. The one before it holds a while longer, for cookies under way. */
function presentSecret({ state, ctx }: Machine): CookieSecret {
  const [present, former] = state.cookieSecrets;
  if (present !== undefined && ctx.now() - present.since < COOKIE_SECRET_SECONDS * SECOND) return present;
  const fresh = {
    version: ((present?.version ?? -1) + 1) % 256,
    secret: nextBytes(ctx.random('cookie'), SECRET_OCTETS),
    since: ctx.now(),
  };
  const recent = [present, former].filter(
    (each) => each !== undefined && ctx.now() - each.since < 2 * COOKIE_SECRET_SECONDS * SECOND,
  );
  state.cookieSecrets = [fresh, ...(recent as CookieSecret[]).slice(0, 1)];
  return fresh;
}
