import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from '@jest/globals';

/**
 * Tests that need something this machine may lack are skipped by name, with the reason in the name, so that `npm test`
 * can list them. A bare `it.skip` is refused by the architecture test: nothing is skipped silently.
 */

/** Something a test needs. `reason` says what is missing, and is read only when `met` is false. */
export interface Requirement {
  readonly met: boolean;
  readonly reason: string;
}

/** The repository's top folder. */
export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));

/** Folder of captures and vectors: `IKEBANA_MATERIAL`, relative to the repository, or `../shared` beside it. */
export const materialFolder = resolve(repositoryRoot, process.env.IKEBANA_MATERIAL ?? '../shared');

/** Where a file or folder of the material lies, e.g. `materialPath('vectors', 'esp.json')`. */
export function materialPath(...parts: readonly string[]): string {
  return join(materialFolder, ...parts);
}

/** The place of a command in PATH or in the folders of system commands, or undefined. */
export function findCommand(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** A requirement that is looked up when a test first asks for it, and once only. */
function requirement(reason: string, probe: () => boolean): Requirement {
  let met: boolean | undefined;
  return {
    reason,
    get met() {
      met ??= probe();
      return met;
    },
  };
}

function command(name: string, debianPackage: string): Requirement {
  return requirement(
    `${name} is not installed (Debian package ${debianPackage})`,
    () => findCommand(name) !== undefined,
  );
}

const isRoot = (): boolean => process.getuid?.() === 0;

export const root: Requirement = requirement('needs root', isRoot);
export const tshark: Requirement = command('tshark', 'tshark');
export const chromium: Requirement = command('chromium', 'chromium');
export const socat: Requirement = command('socat', 'socat');
export const pingCommand: Requirement = command('ping', 'iputils-ping');
export const strongswan: Requirement = requirement(
  'strongSwan is not installed (Debian packages strongswan-charon, strongswan-swanctl, libstrongswan-extra-plugins, libcharon-extra-plugins)',
  () =>
    findCommand('swanctl') !== undefined &&
    ['charon', 'plugins/libstrongswan-kernel-libipsec.so', 'plugins/libstrongswan-openssl.so'].every((file) =>
      existsSync(join('/usr/lib/ipsec', file)),
    ),
);
export const tun: Requirement = requirement('there is no /dev/net/tun', () => existsSync('/dev/net/tun'));
export const netns: Requirement = requirement(
  'network namespaces cannot be made here (needs root, iproute2 and the kernel’s leave)',
  () => isRoot() && findCommand('ip') !== undefined && spawnSync('unshare', ['-n', 'true']).status === 0,
);

/** The material folder, or a file or folder in it: `material('captures')`, `material('vectors', 'esp.json')`. */
export function material(...parts: readonly string[]): Requirement {
  const path = materialPath(...parts);
  const name = parts.length === 0 ? 'the folder of captures and vectors' : parts.join('/');
  return requirement(`${name} is not there (set IKEBANA_MATERIAL)`, () => existsSync(path));
}

/** The first of the requirements that is not met. */
export function unmet(required: Requirement | readonly Requirement[]): Requirement | undefined {
  const all: readonly Requirement[] = 'met' in required ? [required] : required;
  return all.find((each) => !each.met);
}

/** A test that runs where `required` is met, and is elsewhere skipped under its name and the reason. */
export function itWith(
  required: Requirement | readonly Requirement[],
  name: string,
  run: () => void | Promise<void>,
  timeoutMilliseconds?: number,
): void {
  const missing = unmet(required);
  if (missing === undefined) it(name, run, timeoutMilliseconds);
  else it.skip(`${name} [skipped: ${missing.reason}]`, run);
}

/**
 * A group of tests that may read what it needs while it is being collected: where `required` is not met the body is
 * not run at all, and the group is skipped as one test under its name and the reason.
 */
export function groupWith(required: Requirement | readonly Requirement[], name: string, body: () => void): void {
  const missing = unmet(required);
  if (missing === undefined) describe(name, body);
  else it.skip(`${name} [skipped: ${missing.reason}]`, () => {});
}
