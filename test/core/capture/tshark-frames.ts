import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What Wireshark's programs say of a capture file, and all they complained of on the way. */
export interface Judgement {
  readonly code: number | null;
  readonly output: string;
  readonly complaints: string;
}

const RUN_LIMIT_MILLISECONDS = 60_000;
const OUTPUT_LIMIT_BYTES = 64 * 1_048_576;
const AS_ROOT = /^Running as user "root".*\n?/gm;

export function judge(command: string, args: readonly string[], configuration?: string): Judgement {
  const settings = configuration === undefined ? {} : { WIRESHARK_CONFIG_DIR: configuration };
  const run = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: RUN_LIMIT_MILLISECONDS,
    maxBuffer: OUTPUT_LIMIT_BYTES,
    env: { ...process.env, ...settings, TZ: 'UTC' },
  });
  return { code: run.status, output: run.stdout, complaints: run.stderr.replace(AS_ROOT, '') };
}

/** The rows of `tshark -T fields`. */
export function fieldsOf(path: string, fields: readonly string[], more: readonly string[] = []): string[][] {
  const args = ['-n', '-r', path, '-T', 'fields', ...fields.flatMap((field) => ['-e', field]), ...more];
  const { code, output, complaints } = judge('tshark', args);
  if (code !== 0 || complaints !== '') throw new Error(`tshark on ${path}: exit code ${code}, ${complaints}`);
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}

/** Runs `use` with a folder of its own, which is gone afterwards. */
export function inFolder<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'ikebana-capture-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a file into a folder of its own and hands its path on. */
export function withFile<T>(name: string, bytes: Uint8Array, use: (path: string, folder: string) => T): T {
  return inFolder((folder) => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return use(path, folder);
  });
}

/** The octets of each frame, in hexadecimal, as tshark read them. */
export function framesOf(path: string): string[] {
  const { code, output, complaints } = judge('tshark', ['-n', '-r', path, '-T', 'json', '-j', 'frame', '-x']);
  if (code !== 0 || complaints !== '') throw new Error(`tshark on ${path}: exit code ${code}, ${complaints}`);
  const frames = JSON.parse(output) as { _source: { layers: { frame_raw: [string] } } }[];
  return frames.map((frame) => frame._source.layers.frame_raw[0]);
}
