import { formatIpv4, type Ipv4Address } from '../ipv4/contract.ts';
import type { Flow } from './flow.ts';
import { hasPorts, PROTOCOL, protocolName } from './protocols.ts';
import { FLAG, type MappingTable } from './table.ts';

/** How mappings and packets read in notes, drops and tables. */

/** `192.168.1.10:500`; an identifier as `192.168.1.10 id 7`, an SPI as `192.168.1.10 SPI 0x1001`, else the address alone. */
export function endText(protocol: number, address: Ipv4Address, port: number): string {
  const host = formatIpv4(address);
  if (protocol === PROTOCOL.icmp) return `${host} id ${port}`;
  if (protocol === PROTOCOL.esp) return port === 0 ? host : `${host} SPI 0x${port.toString(16).padStart(8, '0')}`;
  return hasPorts(protocol) ? `${host}:${port}` : host;
}

export function insideText(table: MappingTable, row: number): string {
  return endText(table.protocol[row] as number, table.insideAddress[row] as number, table.insidePort[row] as number);
}

export function outsideText(table: MappingTable, row: number): string {
  const text = endText(
    table.protocol[row] as number,
    table.outsideAddress[row] as number,
    table.outsidePort[row] as number,
  );
  return ((table.flags[row] as number) & FLAG.pending) === 0 ? text : `${text} (waits for an SPI)`;
}

/** The remote end that the mapping was last used for. */
export function remoteText(table: MappingTable, row: number): string {
  const address = table.lastAddress[row] as number;
  if (address === 0) return '';
  const port = table.lastPort[row] as number;
  return port === 0 ? formatIpv4(address) : `${formatIpv4(address)}:${port}`;
}

export interface MappingValues {
  readonly [key: string]: string;
  readonly protocol: string;
  readonly inside: string;
  readonly outside: string;
  readonly remote: string;
}

export function mappingValues(table: MappingTable, row: number): MappingValues {
  return {
    protocol: protocolName(table.protocol[row] as number),
    inside: insideText(table, row),
    outside: outsideText(table, row),
    remote: remoteText(table, row),
  };
}

/** A packet's two ends. */
export function flowValues(flow: Flow): { protocol: string; source: string; destination: string } {
  return {
    protocol: protocolName(flow.protocol),
    source: endText(flow.protocol, flow.source, flow.sourcePort),
    destination: endText(flow.protocol, flow.destination, flow.destinationPort),
  };
}
