import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { readCapture } from '../../core/capture/index.ts';
import { read16, read32, toHex } from '../../core/index.ts';
import { createNodeProvider } from '../../plugins/crypto-node/provider.ts';
import type { Endpoint } from '../../plugins/ipsec/contract.ts';
import { isakmpHeader, readPayloadChain } from '../../plugins/isakmp/contract.ts';
import { hashedOctets } from '../../plugins/nat-t/detection.ts';
import { decapsulate } from '../../plugins/nat-t/encapsulate.ts';
import { ask, packetOf, startRoad } from '../plugins/nat-t/lab.ts';
import { groupWith, material, materialPath } from '../skip.ts';
import { addressHex, type RecordedJson } from './ikev2-recording.ts';

/** Recordings of daemons and kernels behind translators: NAT-D of IKEv1, vendor IDs, and ESP in UDP put back together. */

const names = existsSync(materialPath('captures'))
  ? readdirSync(materialPath('captures'))
      .filter((file) => file.endsWith('.json'))
      .map((file) => file.replace(/\.json$/, ''))
  : [];
const ETHERNET = 14;
const UDP_SIZE = 8;

function framesOf(name: string): Uint8Array[] {
  return readCapture(readFileSync(materialPath('captures', `${name}.pcap`))).packets.map(({ bytes }) => bytes);
}

interface Datagram {
  readonly frame: Uint8Array;
  /** Where the UDP header stands. */
  readonly at: number;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  readonly payload: Uint8Array;
}

/** Whole UDP datagrams over IPv4. */
function datagramsOf(name: string): Datagram[] {
  return framesOf(name).flatMap((frame) => {
    if (read16(frame, 12) !== 0x0800 || frame[ETHERNET + 9] !== 17 || (read16(frame, ETHERNET + 6) & 0x3fff) !== 0) {
      return [];
    }
    const at = ETHERNET + ((frame[ETHERNET] as number) & 15) * 4;
    return {
      ...{ frame: frame.slice(0, ETHERNET + read16(frame, ETHERNET + 2)), at },
      source: { address: read32(frame, ETHERNET + 12), port: read16(frame, at) },
      destination: { address: read32(frame, ETHERNET + 16), port: read16(frame, at + 2) },
      payload: frame.slice(at + UDP_SIZE, at + read16(frame, at + 4)),
    };
  });
}

const HASHES: Readonly<Record<string, 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512'>> = {
  PRF_HMAC_MD5: 'md5',
  PRF_HMAC_SHA1: 'sha1',
  PRF_HMAC_SHA2_256: 'sha256',
  PRF_HMAC_SHA2_384: 'sha384',
  PRF_HMAC_SHA2_512: 'sha512',
};
const [NAT_D, VENDOR_ID, ENCRYPTED] = [20, 13, 1];

groupWith(material('captures'), 'recorded NAT traversal', () => {
  const simulation = startRoad();

  it('NAT-D payloads of IKEv1 are what we count, and its vendor IDs are ours', () => {
    const crypto = createNodeProvider();
    const ours = ask(simulation, 'gw', (nat) => nat.vendorIds()).map(toHex);
    let [compared, faked, vendors] = [0, 0, 0];
    const recognised = new Set<string>();
    for (const name of names) {
      const says = JSON.parse(readFileSync(materialPath('captures', `${name}.json`), 'utf8')) as RecordedJson & {
        readonly ikeVersion: number;
      };
      if (says.ikeVersion !== 1) continue;
      const right = Number.parseInt(addressHex(says.right.address), 16);
      for (const { source, destination, payload } of datagramsOf(name)) {
        const ike = source.port === 500 || destination.port === 500 ? payload : payload.slice(4);
        const head = isakmpHeader.decode(ike, 0, ike.length);
        if (!head.ok || (head.value.flags & ENCRYPTED) !== 0 || head.value.majorVersion !== 1) continue;
        const { initiatorSpi, responderSpi, nextPayload, length } = head.value;
        const chain = readPayloadChain(ike, 28, length, nextPayload);
        const bodies = (type: number): Uint8Array[] =>
          chain.payloads.filter((each) => each.type === type).map(({ start, end }) => ike.slice(start, end));
        for (const id of bodies(VENDOR_ID)) {
          if (!ours.includes(toHex(id))) continue;
          vendors++;
          recognised.add(toHex(id));
        }
        const [to, ...from] = bodies(NAT_D);
        if (to === undefined) continue;
        const sa = says.ikeSas.find((each) => each.spiI === toHex(initiatorSpi));
        const prf = (sa as unknown as { proposal: string } | undefined)?.proposal
          .split('/')
          .find((part) => HASHES[part]);
        const hash = HASHES[prf ?? ''];
        if (hash === undefined) throw new Error(`${name}: no hash in its proposal`);
        const count = (end: Endpoint): string =>
          toHex(crypto.hash(hash, hashedOctets({ initiatorSpi, responderSpi, source, destination }, end)));
        expect([name, toHex(to)]).toEqual([name, count(destination)]);
        compared++;
        const own = source.address === right ? says.right.address : says.left.address;
        const address = Number.parseInt(addressHex(own), 16);
        const possible = [500, 4500].map((port) => count({ address, port }));
        for (const each of from) {
          if (possible.includes(toHex(each))) compared++;
          else if (says.implementation.esp.includes('libipsec')) faked++;
          else throw new Error(`${name}: a NAT-D that is of none of its addresses`);
        }
      }
    }
    process.stdout.write(
      `IKEv1: ${compared} NAT-D payloads compared, ${faked} faked by design; ${vendors} vendor IDs\n`,
    );
    expect(compared).toBeGreaterThan(40);
    expect(faked).toBeLessThan(compared);
    expect(recognised.size).toBeGreaterThan(1);
  });

  it('ESP in UDP, taken out and put back, is the same frame to the octet; IKE has its marker, a keepalive its octet', () => {
    let [same, checksummed, ike, keepalives] = [0, 0, 0, 0];
    for (const name of names) {
      for (const { frame, at, source, destination, payload } of datagramsOf(name)) {
        if (source.port !== 4500 && destination.port !== 4500) continue;
        if (payload.length === 1) {
          expect([...payload]).toEqual([0xff]);
          keepalives++;
          continue;
        }
        if (read32(payload, 0) === 0) {
          expect(isakmpHeader.decode(payload, 4, payload.length).ok).toBe(true);
          ike++;
          continue;
        }
        const packet = packetOf(frame);
        packet.start = at + UDP_SIZE;
        packet.outer = at;
        const headerSize = at - ETHERNET;
        decapsulate(packet, headerSize);
        expect(packet.buffer[packet.outer + 9]).toBe(50);
        expect(packet.start - packet.outer).toBe(headerSize);
        expect(packet.buffer.slice(packet.start, packet.end)).toEqual(payload);
        packet.start = packet.outer;
        const ports = { localPort: source.port, remotePort: destination.port, follows: false };
        expect(ask(simulation, 'gw', (nat) => nat.encapsulate(packet, headerSize, ports))).toBe(true);
        const again = packet.buffer.slice(packet.start, packet.end);
        const recorded = frame.slice(ETHERNET);
        // A daemon's socket counts a checksum; a kernel sends none, as we do.
        if (read16(recorded, headerSize + 6) !== 0) {
          checksummed++;
          recorded.fill(0, headerSize + 6, headerSize + 8);
        }
        expect(again).toEqual(recorded);
        same++;
      }
    }
    process.stdout.write(
      `Port 4500: ${same} ESP packets the same again (${checksummed} but for a UDP checksum), ${ike} IKE messages, ${keepalives} keepalives\n`,
    );
    expect(same - checksummed).toBeGreaterThan(50);
    expect(ike).toBeGreaterThan(50);
  });
});
