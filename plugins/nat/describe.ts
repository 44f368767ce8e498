import { formatIpv4, type Ipv4Address } from '../ipv4/contract.ts';
import type { Flow } from './flow.ts';
import { hasPorts, PROTOCOL, protocolName } from './protocols.ts';
import { CELL, cell, FLAG, hasFlag, type MappingTable } from './rows.ts';

/** How mappings and packets read in notes, drops and tables. */

/** `192.168.1.10:500`; an identifier as `192.168.1.10 id 7`, an SPI as `192.168.1.10 SPI 0x1001`, else the address alone. */
export function endText(protocol: number, address: Ipv4Address, port: number): string {
  const host = formatIpv4(address);
  if (protocol === PROTOCOL.icmp) return `${host} id ${port}`;
  if (protocol === PROTOCOL.esp) return port === 0 ? host : `${host} SPI 0x${port.toString(16).padStart(8, '0')}`;
  return hasPorts(protocol) ? `${host}:${port}` : host;
}

export function insideText(table: MappingTable, row: number): string {
  return endText(
    cell(table, row, CELL.protocol),
    cell(table, row, CELL.insideAddress),
    cell(table, row, CELL.insidePort),
  );
}

export function outsideText(table: MappingTable, row: number): string {
  const text = endText(
    cell(table, row, CELL.protocol),
    cell(table, row, CELL.outsideAddress),
    cell(table, row, CELL.outsidePort),
  );
  return !hasFlag(table, row, FLAG.pending) ? text : `${text} (waits for an SPI)`;
}

/** The remote end that the mapping was last used for. */
export function remoteText(table: MappingTable, row: number): string {
  const address = cell(table, row, CELL.lastAddress);
  if (address === 0) return '';
  const port = cell(table, row, CELL.lastPort);
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
    protocol: protocolName(cell(table, row, CELL.protocol)),
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
