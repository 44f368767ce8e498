import { type PcapRecord, pcapHeader, pcapRecord } from './pcap-writer.ts';
import {
  decryptionSecrets,
  enhancedPacket,
  type InterfaceDescription,
  interfaceDescription,
  type NameToWrite,
  nameResolution,
  type PacketToWrite,
  type SecretsToWrite,
  sectionHeader,
} from './pcapng-writer.ts';

/** A capture to be written as one pcapng section. */
export interface CaptureToWrite {
  readonly interfaces: readonly InterfaceDescription[];
  readonly secrets?: readonly SecretsToWrite[];
  readonly names?: readonly NameToWrite[];
  /** Taken one by one, so they may be made on the way. */
  readonly packets: Iterable<PacketToWrite>;
}

/** The blocks of a pcapng file, each as it is ready. A packet of an interface that is not there throws a RangeError. */
export function* pcapngChunks(capture: CaptureToWrite): Generator<Uint8Array, void, void> {
  yield sectionHeader();
  for (const described of capture.interfaces) yield interfaceDescription(described);
  for (const secrets of capture.secrets ?? []) yield decryptionSecrets(secrets);
  if (capture.names !== undefined && capture.names.length > 0) yield nameResolution(capture.names);
  for (const packet of capture.packets) {
    if (packet.interface >= capture.interfaces.length)
      throw new RangeError(`no interface ${packet.interface} in the capture`);
    yield enhancedPacket(packet);
  }
}

/** The header and records of a classic pcap file, each as it is ready. */
export function* pcapChunks(capture: {
  readonly linkType: number;
  readonly snapLength?: number;
  readonly packets: Iterable<PcapRecord>;
}): Generator<Uint8Array, void, void> {
  yield pcapHeader(capture);
  for (const packet of capture.packets) yield pcapRecord(packet);
}

/** One array of all the chunks. */
export function joinChunks(chunks: Iterable<Uint8Array>): Uint8Array {
  const all = [...chunks];
  const bytes = new Uint8Array(all.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of all) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
