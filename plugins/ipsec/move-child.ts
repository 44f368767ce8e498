import type { Context } from '../../core/index.ts';
import { formatIpv4, type Ipv4Address } from '../ipv4/contract.ts';
import { labelOf } from './children.ts';
import type { UdpEncapsulation } from './nat-traversal.ts';
import { forgetDecisions } from './policies.ts';
import { IP_PROTOCOL } from './proposal.ts';
import type { TrafficSelector } from './selectors.ts';
import { type ChildSa, childSa, type IpsecState } from './state.ts';

/** `IpsecCalls.moveChild`. In transport mode the selectors name the ends, so they move as well, and the policies with them. */
export function moveChild(
  state: IpsecState,
  id: number,
  local: Ipv4Address,
  remote: Ipv4Address,
  encapsulation: UdpEncapsulation | undefined,
  ctx: Context,
): void {
  const child = childSa(state, id);
  if (child === undefined) return;
  if (child.mode === 'transport') moveSelectors(state, child, local, remote, ctx);
  child.local = local;
  child.remote = remote;
  child.inbound.source = remote;
  child.inbound.destination = local;
  child.outbound.source = local;
  child.outbound.destination = remote;
  if (child.protocol === IP_PROTOCOL.esp) {
    child.inbound.encapsulation = encapsulation;
    child.outbound.encapsulation = encapsulation;
  }
  ctx.note('ipsec.sa-moved', {
    sa: labelOf(child),
    local: endText(local, encapsulation?.localPort),
    remote: endText(remote, encapsulation?.remotePort),
  });
}

/** In UDP the port belongs to the end: often it alone has changed. */
function endText(address: Ipv4Address, port: number | undefined): string {
  return port === undefined ? formatIpv4(address) : `${formatIpv4(address)}:${port}`;
}

function moveSelectors(state: IpsecState, child: ChildSa, local: Ipv4Address, remote: Ipv4Address, ctx: Context): void {
  if (local === child.local && remote === child.remote) return;
  child.localTs = moved(child.localTs, child.local, local);
  child.remoteTs = moved(child.remoteTs, child.remote, remote);
  for (const policy of state.policies) {
    if (policy.owner !== child.id) continue;
    policy.localTs = child.localTs;
    policy.remoteTs = child.remoteTs;
  }
  forgetDecisions(ctx);
}

function moved(selectors: readonly TrafficSelector[], before: Ipv4Address, after: Ipv4Address): TrafficSelector[] {
  return selectors.map((selector) =>
    selector.start === before && selector.end === before ? { ...selector, start: after, end: after } : selector,
  );
}
