import type { Context } from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import type { PeerBehindNat } from './calls.ts';
import { labelOf } from './children.ts';
import { formatSelectors } from './selector-text.ts';
import { narrowSelectors } from './selectors.ts';
import type { ChildSa, IpsecState } from './state.ts';

/**
 * Several peers behind NATs may name the same traffic: in tunnel mode because their private addresses are the same (RFC 3948 §5.1), in
 * transport mode because they share one public address (§5.2). Outbound packets could not be told apart, and one peer would take another's.
 * `IpsecCalls.refusesPeer`: says in the trace whom the newcomer would rob, and that it is refused.
 */
export function refusesPeer(state: IpsecState, newcomer: PeerBehindNat, ctx: Context): boolean {
  const rival = rivalOf(state, newcomer);
  if (rival === undefined) return false;
  const { mode, remote, localTs, remoteTs } = newcomer;
  ctx.note(mode === 'tunnel' ? 'ipsec.tunnel-conflict' : 'ipsec.transport-conflict', {
    peer: `${formatIpv4(remote.address)}:${remote.port}`,
    other: `${formatIpv4(rival.remote)}:${rival.outbound.encapsulation?.remotePort ?? 0}`,
    sa: labelOf(rival),
    local: formatSelectors(localTs),
    remote: formatSelectors(remoteTs),
  });
  return true;
}

function rivalOf(state: IpsecState, { by, remote, localTs, remoteTs }: PeerBehindNat): ChildSa | undefined {
  for (const child of state.children.values()) {
    const { encapsulation } = child.outbound;
    if (encapsulation === undefined || (child.by.keying === by.keying && child.by.ikeSa === by.ikeSa)) continue;
    // The same end is the same peer: it makes its SAs anew.
    if (child.remote === remote.address && encapsulation.remotePort === remote.port) continue;
    if (narrowSelectors(child.remoteTs, remoteTs).length === 0) continue;
    if (narrowSelectors(child.localTs, localTs).length > 0) return child;
  }
  return undefined;
}
