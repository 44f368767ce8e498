import type { SharedSecret } from './connection.ts';
import { type Identity, MATCH, matchQuality } from './identity.ts';

/**
 * The secret that fits two identities best: one that names both, before one that names the peer, before one that names this side, before one
 * that names nobody. Among equals the one that names fewer, then the first by name. A side may be known by several identities.
 */
export function secretFor(
  secrets: readonly SharedSecret[],
  local: readonly Identity[],
  remote: readonly Identity[],
): Uint8Array | undefined {
  let best: SharedSecret | undefined;
  let bestQuality = 0;
  for (const secret of secrets) {
    const quality = qualityOf(secret, local, remote);
    const closer = quality === bestQuality && best !== undefined && secret.identities.length < best.identities.length;
    if (quality > bestQuality || closer) {
      best = secret;
      bestQuality = quality;
    }
  }
  return best?.secret;
}

function qualityOf({ identities }: SharedSecret, local: readonly Identity[], remote: readonly Identity[]): number {
  if (identities.length === 0) return 1;
  const best = (names: readonly Identity[]): number =>
    Math.max(...identities.flatMap((pattern) => names.map((name) => matchQuality(name, pattern))));
  const mine = best(local);
  const theirs = best(remote);
  // One named identity that is somebody else's makes the secret somebody else's.
  if (mine === MATCH.none && theirs === MATCH.none) return 0;
  return 1 + mine + 2 * theirs;
}
