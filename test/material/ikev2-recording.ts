import { readFileSync } from 'node:fs';
import { readCapture } from '../../core/capture/index.ts';
import { concatBytes, fromHex, read16, toHex } from '../../core/index.ts';
import { materialPath } from '../skip.ts';

/** A recording of real IKE daemons: what its json says, and the IKE messages of its pcap. */
export interface Recording {
  readonly name: string;
  readonly says: RecordedJson;
  readonly messages: readonly RecordedMessage[];
}

export interface RecordedMessage {
  readonly number: number;
  readonly from: 'left' | 'right';
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly bytes: Uint8Array;
  /** The same octets went the same way before. */
  readonly repeated: boolean;
}

export interface Endpoint {
  /** 4 or 16 octets. */
  readonly address: Uint8Array;
  readonly port: number;
}

export interface RecordedIkeSa {
  readonly exchange: string;
  readonly initiator: 'left' | 'right';
  readonly spiI: string;
  readonly spiR: string;
  readonly proposal: string;
  readonly dhGroup: number;
  readonly keI?: string;
  readonly keR?: string;
  readonly nonceI?: string;
  readonly nonceR?: string;
  readonly keys: Readonly<Record<string, string>>;
}

export interface RecordedChildSa {
  readonly protocol: string;
  readonly spi: string;
  readonly from: string;
  readonly to: string;
  readonly exchange: string;
  readonly proposal: string;
  readonly encryptionKey: string;
  readonly integrityKey: string;
  readonly keymatSeed: string;
  readonly pfsSharedSecret?: string;
}

interface RecordedSide {
  readonly address: string;
  readonly secondAddress?: string;
  readonly seenByRightAs?: string;
  readonly id: string;
}

export interface RecordedJson {
  readonly scenario: string;
  readonly implementation: { readonly esp: string; readonly left: string; readonly right: string };
  readonly psk?: string;
  readonly pskAtRight?: string;
  readonly left: RecordedSide;
  readonly right: RecordedSide;
  readonly configured: Readonly<Record<string, string>>;
  readonly ikeSas: readonly RecordedIkeSa[];
  readonly childSas: readonly RecordedChildSa[];
  readonly messages: Readonly<Record<'left' | 'right', readonly string[]>>;
  readonly values: Readonly<
    Record<'left' | 'right', readonly { readonly sa: string; readonly label: string; readonly hex: string }[]>
  >;
}

export function octets(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error(`no hexadecimal: ${hex.slice(0, 40)}`);
  return bytes;
}

export function readRecording(name: string): Recording {
  const says = JSON.parse(readFileSync(materialPath('captures', `${name}.json`), 'utf8')) as RecordedJson;
  const seen = new Set<string>();
  let right: string | undefined;
  const messages: RecordedMessage[] = [];
  for (const packet of readCapture(readFileSync(materialPath('captures', `${name}.pcap`))).packets) {
    const datagram = udpDatagram(packet.bytes);
    if (datagram === undefined) continue;
    const bytes = ikeMessage(datagram);
    if (bytes === undefined) continue;
    // Left always begins, and right never moves.
    right ??= toHex(datagram.destination.address);
    const from = toHex(datagram.source.address) === right ? 'right' : 'left';
    const once = `${from} ${toHex(bytes)}`;
    messages.push({
      number: packet.number,
      from,
      source: datagram.source,
      destination: datagram.destination,
      bytes,
      repeated: seen.has(once),
    });
    seen.add(once);
  }
  return { name, says, messages };
}

/** The octets of an address in text, in hexadecimal. IPv6 addresses may be shortened. */
export function addressHex(text: string): string {
  if (!text.includes(':')) return toHex(Uint8Array.from(text.split('.').map(Number)));
  const [head = '', tail] = text.split('::');
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':').map((each) => each.padStart(4, '0')));
  const first = groups(head);
  if (tail === undefined) return first.join('');
  const last = groups(tail);
  return [...first, ...Array.from({ length: 8 - first.length - last.length }, () => '0000'), ...last].join('');
}

/** The IKE messages of a capture file, whichever way they went. */
export function messagesIn(path: string): Uint8Array[] {
  const capture = readCapture(readFileSync(path));
  return capture.packets.flatMap(({ bytes, interface: at }) => {
    const raw = capture.interfaces[at]?.linkType === RAW_IP;
    // A frame without Ethernet gets one that says IPv4.
    const frame = raw ? concatBytes(Uint8Array.from([...new Array(12).fill(0), 8, 0]), bytes) : bytes;
    const datagram = udpDatagram(frame);
    const message = datagram === undefined ? undefined : ikeMessage(datagram);
    return message === undefined ? [] : [message];
  });
}

const RAW_IP = 101;

interface Datagram {
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly payload: Uint8Array;
}

const ETHERNET = 14;
const UDP = 17;

function udpDatagram(frame: Uint8Array): Datagram | undefined {
  const type = read16(frame, 12);
  let udp: number;
  let addresses: readonly [Uint8Array, Uint8Array];
  if (type === 0x0800 && frame[ETHERNET + 9] === UDP) {
    // No IKE message of these recordings is fragmented by IP.
    if ((read16(frame, ETHERNET + 6) & 0x3fff) !== 0) throw new Error('an IP fragment');
    udp = ETHERNET + ((frame[ETHERNET] as number) & 15) * 4;
    addresses = [frame.slice(ETHERNET + 12, ETHERNET + 16), frame.slice(ETHERNET + 16, ETHERNET + 20)];
  } else if (type === 0x86dd && frame[ETHERNET + 6] === UDP) {
    udp = ETHERNET + 40;
    addresses = [frame.slice(ETHERNET + 8, ETHERNET + 24), frame.slice(ETHERNET + 24, ETHERNET + 40)];
  } else return undefined;
  return {
    source: { address: addresses[0], port: read16(frame, udp) },
    destination: { address: addresses[1], port: read16(frame, udp + 2) },
    payload: frame.slice(udp + 8, udp + read16(frame, udp + 4)),
  };
}

/** On a port where ESP comes in UDP as well, four zero octets stand before IKE (RFC 3948 §2.2). */
function ikeMessage({ source, destination, payload }: Datagram): Uint8Array | undefined {
  if (destination.port === 500 || source.port === 500) return payload;
  const marked = payload.length > 4 && payload.subarray(0, 4).every((octet) => octet === 0);
  return marked ? payload.slice(4) : undefined;
}

/** How strongSwan's log calls notifications. */
export const SHORT_NOTIFY: Readonly<Record<string, string>> = {
  NAT_DETECTION_SOURCE_IP: 'NATD_S_IP',
  NAT_DETECTION_DESTINATION_IP: 'NATD_D_IP',
  IKEV2_FRAGMENTATION_SUPPORTED: 'FRAG_SUP',
  SIGNATURE_HASH_ALGORITHMS: 'HASH_ALG',
  REDIRECT_SUPPORTED: 'REDIR_SUP',
  CHILDLESS_IKEV2_SUPPORTED: 'CHDLESS_SUP',
  MULTIPLE_AUTH_SUPPORTED: 'MULT_AUTH',
  INITIAL_CONTACT: 'INIT_CONTACT',
  MOBIKE_SUPPORTED: 'MOBIKE_SUP',
  ADDITIONAL_IP4_ADDRESS: 'ADD_4_ADDR',
  ADDITIONAL_IP6_ADDRESS: 'ADD_6_ADDR',
  EAP_ONLY_AUTHENTICATION: 'EAP_ONLY',
  IKEV2_MESSAGE_ID_SYNC_SUPPORTED: 'MSG_ID_SYN_SUP',
  USE_TRANSPORT_MODE: 'USE_TRANSP',
  IPCOMP_SUPPORTED: 'IPCOMP_SUP',
  UPDATE_SA_ADDRESSES: 'UPD_SA_ADDR',
  NO_PROPOSAL_CHOSEN: 'NO_PROP',
  AUTHENTICATION_FAILED: 'AUTH_FAILED',
  INVALID_KE_PAYLOAD: 'INVAL_KE',
  REKEY_SA: 'REKEY_SA',
  COOKIE2: 'COOKIE2',
};
