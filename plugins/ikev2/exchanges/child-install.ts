import type { Packet } from '../../../core/index.ts';
import {
  encapsulationOf,
  encryptionOf,
  formatSelectors,
  integrityOf,
  type OriginalAddresses,
  type Proposal,
  proposalInStory,
  TRANSFORM,
  type TrafficSelector,
  transformOf,
} from '../../ipsec/contract.ts';
import { tell } from '../failures.ts';
import { childKeys, type Nonces } from '../keys.ts';
import { chosenSuite, type Machine, peerText } from '../machine.ts';
import type { Established } from '../state.ts';

/** What both sides agreed on. */
export interface Agreed {
  readonly child: string;
  readonly chosen: Proposal;
  readonly transport: boolean;
  readonly nonces: Nonces;
  readonly secret: Uint8Array | undefined;
  readonly spi: number;
  readonly peerSpi: number;
  readonly localTs: readonly TrafficSelector[];
  readonly remoteTs: readonly TrafficSelector[];
  /** Transport mode behind a NAT: the ends as the peer sees them. */
  readonly original: OriginalAddresses | undefined;
  /** Did this side begin the exchange? */
  readonly initiator: boolean;
  readonly replaces: number;
  readonly narrowed: boolean;
  readonly packet: Packet;
}

/** Makes the keys of the SAs that were agreed on and has them installed. Returns the Child SA's number; 0 where this node cannot use them. */
export function installAgreed(machine: Machine, sa: Established, agreed: Agreed): number {
  const { ipsec, crypto } = machine;
  const { chosen, initiator } = agreed;
  const encryption = encryptionOf(transformOf(chosen, TRANSFORM.encryption));
  const integrity = integrityOf(transformOf(chosen, TRANSFORM.integrity));
  const protection = {
    ...(encryption === undefined ? {} : { encryption }),
    ...(integrity === undefined ? {} : { integrity }),
  };
  const keys = childKeys(crypto, chosenSuite(sa.proposal).prf.prf, sa.keys.d, protection, agreed.nonces, agreed.secret);
  const encapsulation = encapsulationOf(sa.nat, sa.local, sa.remote);
  const id = ipsec.installChild({
    connection: sa.connection,
    child: agreed.child,
    by: { keying: 'ikev2', ikeSa: sa.id },
    mode: agreed.transport ? 'transport' : 'tunnel',
    local: sa.local.address,
    remote: sa.remote.address,
    ...(encapsulation === undefined ? {} : { encapsulation }),
    ...(agreed.original === undefined ? {} : { original: agreed.original }),
    proposal: chosen,
    inbound: { spi: agreed.spi, keys: initiator ? keys.fromResponder : keys.fromInitiator },
    outbound: { spi: agreed.peerSpi, keys: initiator ? keys.fromInitiator : keys.fromResponder },
    localTs: agreed.localTs,
    remoteTs: agreed.remoteTs,
    ...(agreed.replaces === 0 ? {} : { replaces: agreed.replaces, inboundOnly: !initiator }),
  });
  if (id === 0) return 0;
  sa.children.push({ id, protocol: chosen.protocol, spi: agreed.spi });
  tell(
    machine,
    agreed.narrowed ? 'ikev2.child-narrowed' : 'ikev2.child-created',
    () => ({
      peer: peerText(sa),
      child: `${sa.connection}/${agreed.child}`,
      proposal: proposalInStory(chosen),
      local: formatSelectors(agreed.localTs),
      remote: formatSelectors(agreed.remoteTs),
      pfs: agreed.secret !== undefined,
    }),
    agreed.packet,
  );
  return id;
}
