/** Capture files: pcap and pcapng in and out. Pure functions over octets; whoever holds the file does the reading and writing of it. */
export { readChunk, readEnd, startReading } from './capture-reader.ts';
export {
  type CaptureTime,
  captureTimeOf,
  formatCaptureTime,
  nanosecondsBetween,
} from './capture-time.ts';
export type {
  CaptureDirection,
  CapturedInterface,
  CapturedName,
  CapturedPacket,
  CapturedSecrets,
  CapturedSection,
  CaptureFault,
  CaptureFaultCode,
  CaptureFormat,
  CaptureRecord,
  TimeResolution,
} from './captured.ts';
export { CAPTURE_LIMITS, type CaptureLimits } from './limits.ts';
export { type PcapRecord, pcapHeader, pcapRecord } from './pcap-writer.ts';
export {
  decryptionSecrets,
  enhancedPacket,
  type InterfaceDescription,
  interfaceDescription,
  MAX_TEXT_BYTES,
  type NameToWrite,
  nameResolution,
  type PacketToWrite,
  type SecretsToWrite,
  type SectionDescription,
  sectionHeader,
} from './pcapng-writer.ts';
export { captureRecords, type ReadCapture, readCapture } from './read-capture.ts';
export type { CaptureReader } from './reading.ts';
export { readUatLine, type UatField, uatLine, uatOctets } from './uat-line.ts';
export { type CaptureToWrite, joinChunks, pcapChunks, pcapngChunks } from './write-capture.ts';
