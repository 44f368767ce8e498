import { concatBytes, type Fault } from '../../core/index.ts';
import { type MacAddress, readMac, writeMac } from '../ethernet/contract.ts';
import { dhcpHeader, ETHERNET, ETHERNET_SIZE, LEAST_MESSAGE, OPERATION } from './headers.ts';
import { MESSAGE, OPTION } from './option-names.ts';
import { number32, type OptionToWrite, one32, readOptions, writeOptions } from './options.ts';

/** A message as client and server work with it. */
export interface DhcpMessage {
  readonly type: number;
  readonly transaction: number;
  readonly seconds: number;
  readonly broadcast: boolean;
  readonly clientAddress: number;
  readonly yourAddress: number;
  readonly relayAddress: number;
  readonly mac: MacAddress;
  readonly options: ReadonlyMap<number, Uint8Array>;
}

export type DhcpReading = { readonly message: DhcpMessage } | { readonly fault: Fault };

/** Reads the message `bytes[start, end)`, as `operation` says from a client or from a server. Never throws. */
export function readMessage(bytes: Uint8Array, start: number, end: number, operation: number): DhcpReading {
  const decoded = dhcpHeader.decode(bytes, start, end);
  if (!decoded.ok) return { fault: decoded.fault };
  const { value } = decoded;
  const wrong = (message: string, field: string): DhcpReading => ({
    fault: { at: start, header: 'dhcp', field, message },
  });
  if (value.operation !== operation) return wrong(`operation ${value.operation} comes to this port`, 'operation');
  if (value.hardwareType !== ETHERNET || value.hardwareSize !== ETHERNET_SIZE) {
    return wrong(
      `hardware of type ${value.hardwareType} with ${value.hardwareSize} octets is no Ethernet`,
      'hardwareType',
    );
  }
  const { values: options, fault } = readOptions(bytes, start, end);
  if (fault !== undefined) return { fault };
  const type = options.get(OPTION.messageType);
  if (type?.length !== 1) return wrong('it has no message type', 'options');
  const { transaction, seconds, broadcast, clientAddress, yourAddress, relayAddress } = value;
  const mac = readMac(value.hardware, 0);
  return {
    message: {
      ...{ type: type[0] as number, transaction, seconds, broadcast, clientAddress, yourAddress, relayAddress },
      ...{ mac, options },
    },
  };
}

export interface MessageToWrite {
  readonly operation: (typeof OPERATION)[keyof typeof OPERATION];
  readonly type: number;
  readonly transaction: number;
  readonly seconds?: number;
  readonly broadcast?: boolean;
  readonly clientAddress?: number;
  readonly yourAddress?: number;
  readonly mac: MacAddress;
  /** Besides the message type, which comes first. */
  readonly options: readonly OptionToWrite[];
}

/** The octets of a message, filled up to the size that old BOOTP software wants. */
export function writeMessage({ type, mac, options, ...fields }: MessageToWrite): Uint8Array {
  const hardware = new Uint8Array(16);
  writeMac(hardware, 0, mac);
  const head = dhcpHeader.encode({
    ...{ broadcast: false, ...fields, hardware, serverName: new Uint8Array(64), file: new Uint8Array(128) },
  });
  const tail = writeOptions([[OPTION.messageType, Uint8Array.of(type)], ...options]);
  const rest = Math.max(0, LEAST_MESSAGE - head.length - tail.length);
  return concatBytes(head, tail, new Uint8Array(rest));
}

/** What a message says of its client: option 61, or its hardware address with the type before it (RFC 2131 §4.2). In hexadecimal. */
export function clientKey({ mac, options }: Pick<DhcpMessage, 'mac' | 'options'>): string {
  const named = options.get(OPTION.client);
  const octets = named !== undefined && named.length > 0 ? named : clientOctets(mac);
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join('');
}

export function clientOctets(mac: MacAddress): Uint8Array {
  const octets = new Uint8Array(1 + ETHERNET_SIZE);
  octets[0] = ETHERNET;
  writeMac(octets, 1, mac);
  return octets;
}

export function addressOption({ options }: DhcpMessage, code: number): number | undefined {
  return one32(options.get(code));
}

export { MESSAGE, number32, OPERATION, OPTION };
