// Opens the ChaCha20-Poly1305 packets of a capture with nothing but Node: no line of the lab is imported here. Reads FOLDER/lab.pcapng and
// FOLDER/keys.json ([{ spi, key }] for ESP, [{ spiI, spiR, ei, er }] for IKE; hexadecimal, the salt at the key's end) and prints what
// it opened as JSON. Formats: pcapng, RFC 791, RFC 4303, RFC 7634, RFC 7296 §3.14.
import { createDecipheriv } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const capture = readFileSync(join(folder, 'lab.pcapng'));
const keys = JSON.parse(readFileSync(join(folder, 'keys.json'), 'utf8'));
const outcome = { esp: 0, ike: 0, inner: [], failed: [] };

for (let at = 0, frame = 0; at < capture.length; at += capture.readUInt32LE(at + 4)) {
  if (capture.readUInt32LE(at) !== 6) continue;
  frame++;
  const length = capture.readUInt32LE(at + 20);
  readFrame(capture.subarray(at + 28, at + 28 + length), frame);
}
process.stdout.write(JSON.stringify(outcome));

function readFrame(bytes, frame) {
  if (bytes.readUInt16BE(12) !== 0x0800) return;
  const ip = bytes.subarray(14);
  const header = (ip[0] & 15) * 4;
  const payload = ip.subarray(header, ip.readUInt16BE(2));
  if (ip[9] === 50) openEsp(payload, frame);
  else if (ip[9] === 17 && (payload.readUInt16BE(0) === 500 || payload.readUInt16BE(2) === 500))
    openIke(payload.subarray(8), frame);
}

function openEsp(packet, frame) {
  const spi = packet.subarray(0, 4).toString('hex');
  const entry = keys.esp.find((one) => one.spi === spi);
  const text = entry && open(entry.key, packet.subarray(0, 8), packet.subarray(8, 16), packet.subarray(16));
  if (!text) {
    outcome.failed.push(frame);
    return;
  }
  const padding = text[text.length - 2];
  const next = text[text.length - 1];
  const inner = text.subarray(0, text.length - 2 - padding);
  for (let at = 0; at < padding; at++) if (text[inner.length + at] !== at + 1) outcome.failed.push(frame);
  outcome.esp++;
  if (next === 4)
    outcome.inner.push(`${[...inner.subarray(12, 16)].join('.')} > ${[...inner.subarray(16, 20)].join('.')}`);
  else outcome.inner.push(`protocol ${next}`);
}

function openIke(message, frame) {
  const sealed = 46;
  let next = message[16];
  let at = 28;
  while (next !== 0 && next !== sealed && at + 4 <= message.length) {
    next = message[at];
    at += message.readUInt16BE(at + 2);
  }
  if (next !== sealed) return;
  const entry = keys.ike.find((one) => one.spiI === message.subarray(0, 8).toString('hex'));
  const fromInitiator = (message[19] & 0x08) !== 0;
  const key = entry && (fromInitiator ? entry.ei : entry.er);
  const text =
    key && open(key, message.subarray(0, at + 4), message.subarray(at + 4, at + 12), message.subarray(at + 12));
  if (text) outcome.ike++;
  else outcome.failed.push(frame);
}

function open(hex, additional, iv, sealed) {
  const key = Buffer.from(hex, 'hex');
  const nonce = Buffer.concat([key.subarray(32, 36), iv]);
  const decipher = createDecipheriv('chacha20-poly1305', key.subarray(0, 32), nonce, { authTagLength: 16 });
  decipher.setAAD(additional, { plaintextLength: sealed.length - 16 });
  decipher.setAuthTag(sealed.subarray(sealed.length - 16));
  try {
    const text = decipher.update(sealed.subarray(0, sealed.length - 16));
    decipher.final();
    return text;
  } catch {
    return undefined;
  }
}
