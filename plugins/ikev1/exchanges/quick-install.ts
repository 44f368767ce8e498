import type { Packet } from '../../../core/index.ts';
import { type ChildInstallation, formatSelector, proposalInStory } from '../../ipsec/contract.ts';
import { tell } from '../failures.ts';
import { saKeys } from '../keys.ts';
import { withinLife } from '../lifetimes.ts';
import { chosenSuite, type Machine, peerText } from '../machine.ts';
import { encapsulationFor } from '../nat.ts';
import { keySizes } from '../quick-proposals.ts';
import type { Established, QuickAgreed } from '../state.ts';
import { clearReplaced, presentOf } from '../succession.ts';
import { childNamed, spiOctets } from './quick-offer.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Makes the keys of the SAs that were agreed on and has them installed (RFC 2409 §5.5). Returns their number; 0 where this node cannot use them. */
export function installAgreed(
  machine: Machine,
  sa: Established,
  agreed: QuickAgreed,
  initiator: boolean,
  replaces: number,
  packet: Packet,
): number {
  const { ipsec, crypto } = machine;
  const { child, proposal, ids, nonces, sharedSecret, original } = agreed;
  const { prf } = chosenSuite(sa.proposal);
  const sizes = keySizes(proposal);
  const keysOf = (spi: number) =>
    saKeys(crypto, prf, sa.keys.d, { protocol: proposal.protocol, spi: spiOctets(spi), nonces, sharedSecret }, sizes);
  const connection = ipsec.connection(sa.connection);
  const configured = connection === undefined ? undefined : childNamed(connection, child);
  const encapsulation = encapsulationFor(sa);
  const installation: Mutable<ChildInstallation> = {
    connection: sa.connection,
    child,
    by: { keying: 'ikev1', ikeSa: sa.id },
    mode: agreed.transport ? 'transport' : 'tunnel',
    local: sa.local.address,
    remote: sa.remote.address,
    proposal,
    inbound: { spi: agreed.spi, keys: keysOf(agreed.spi) },
    outbound: { spi: agreed.peerSpi, keys: keysOf(agreed.peerSpi) },
    localTs: [ids.local],
    remoteTs: [ids.remote],
  };
  if (configured !== undefined) installation.lifetimes = withinLife(configured.lifetimes, agreed.life);
  if (replaces !== 0) installation.replaces = replaces;
  if (encapsulation !== undefined) installation.encapsulation = encapsulation;
  if (original !== undefined) installation.original = original;
  const id = ipsec.installChild(installation);
  if (id === 0) return 0;
  const present = presentOf(machine, sa);
  present.children.push({ id, protocol: proposal.protocol, spi: agreed.spi, initiator });
  tell(
    machine,
    'ikev1.child-created',
    () => ({
      peer: peerText(sa),
      child: `${sa.connection}/${child}`,
      proposal: proposalInStory(proposal),
      local: formatSelector(ids.local),
      remote: formatSelector(ids.remote),
      pfs: sharedSecret !== undefined,
    }),
    packet,
  );
  clearReplaced(machine, present, id, initiator);
  return id;
}
