import type { Packet } from '../../../core/index.ts';
import { formatSelectors, type Proposal, SECURITY_PROTOCOL } from '../../ipsec/contract.ts';
import { releaseOffer } from '../close.ts';
import { tell, tellPeerChoseNothing } from '../failures.ts';
import { enqueue, type Machine, peerText } from '../machine.ts';
import { NOTIFY, notifyName } from '../names/notify-types.ts';
import type { ChildOffer, Established } from '../state.ts';

/** Nothing came of an offer: `error` is what the peer answered; without it, the answer was not one that could be taken. */
export function childFailed(
  machine: Machine,
  sa: Established,
  offer: ChildOffer,
  result: { readonly why: string; readonly error?: number },
  packet: Packet,
): void {
  const peer = peerText(sa);
  const child = `${sa.connection}/${offer.child}`;
  const { why, error } = result;
  if (error === NOTIFY.NO_PROPOSAL_CHOSEN) {
    const about = { what: protocolOf(offer.proposals), peer, connection: child };
    tellPeerChoseNothing(machine, about, offer.proposals, packet);
  } else if (error === NOTIFY.TS_UNACCEPTABLE) {
    const { localTs, remoteTs } = offer;
    tell(
      machine,
      'ikev2.peer-ts-unacceptable',
      () => ({ peer, child, local: formatSelectors(localTs), remote: formatSelectors(remoteTs) }),
      packet,
    );
  } else if (error !== undefined) {
    tell(machine, 'ikev2.peer-refused', () => ({ peer, connection: child, error: notifyName(error) }), packet);
  } else {
    tell(machine, 'ikev2.bad-answer', () => ({ peer, connection: child, why }), packet);
    // The peer has installed what it answered with: it is told to remove it.
    const protocol = offer.proposals[0]?.protocol ?? SECURITY_PROTOCOL.esp;
    enqueue(machine, sa, { kind: 'delete-child', protocol, spi: offer.spi, why });
  }
  releaseOffer(machine, offer);
  machine.ipsec.acquireFailed(sa.connection, offer.child, why);
}

export function protocolOf(proposals: readonly Proposal[]): string {
  return proposals[0]?.protocol === SECURITY_PROTOCOL.ah ? 'AH' : 'ESP';
}
