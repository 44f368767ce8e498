import { type Flow, KIND } from './flow.ts';
import { isIke } from './ports.ts';
import { PROTOCOL } from './protocols.ts';
import { DEPENDS, type NatSettings } from './settings.ts';

/** What of a packet its mapping is found by: the port, and the remote end as far as the mapping depends on it. One object for all packets. */
export interface MappingKey {
  port: number;
  address: number;
  remotePort: number;
  /** Whether the remote end is part of the external key as well. */
  overloaded: boolean;
}

export function createKey(): MappingKey {
  return { port: 0, address: 0, remotePort: 0, overloaded: false };
}

/** The key of a packet that goes out from `flow.source` to the remote end. */
export function setKey(
  key: MappingKey,
  settings: NatSettings,
  flow: Flow,
  own: boolean,
  remote: number,
  remotePort: number,
): void {
  if (flow.kind === KIND.ports || flow.kind === KIND.query || flow.kind === KIND.reply) {
    const ike = settings.ports === 'static-500' && flow.kind === KIND.ports && isIke(flow.protocol, flow.sourcePort);
    const depends = ike ? DEPENDS.addressAndPort : settings.mapping;
    key.port = flow.sourcePort;
    key.address = depends === DEPENDS.nothing ? 0 : remote;
    key.remotePort = depends === DEPENDS.addressAndPort && flow.kind === KIND.ports ? remotePort : 0;
    key.overloaded = ike || (settings.overloading && depends !== DEPENDS.nothing);
    return;
  }
  // Protocols without ports: by the remote address, or by nothing where one client has them all.
  const alone = settings.other === 'single-client' && !own;
  key.port = flow.protocol === PROTOCOL.esp && settings.other === 'spi-guess' && !own ? flow.sourcePort : 0;
  key.address = alone ? 0 : remote;
  key.remotePort = 0;
  key.overloaded = !alone;
}
