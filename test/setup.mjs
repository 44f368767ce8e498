// Debian's programs that some checks are judged by, installed where that can be done.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from '../cli/child.mjs';

const MINUTE = 60_000;
const APT_UPDATE_LIMIT = 1.5 * MINUTE;
const APT_INSTALL_LIMIT = 4 * MINUTE;

const CJK_FONT = '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc';

const STRONGSWAN_PLUGINS = '/usr/lib/ipsec/plugins/libstrongswan';

/** Debian package, and how to see that it is there. */
const DEBIAN_PACKAGES = [
  ['tshark', () => inPath('tshark')],
  ['chromium', () => inPath('chromium')],
  ['fonts-noto-cjk', () => existsSync(CJK_FONT)],
  ['socat', () => inPath('socat')],
  ['iproute2', () => inPath('ip')],
  ['iputils-ping', () => inPath('ping')],
  ['strongswan-charon', () => existsSync('/usr/lib/ipsec/charon')],
  ['strongswan-swanctl', () => inPath('swanctl')],
  ['libstrongswan-standard-plugins', () => existsSync(`${STRONGSWAN_PLUGINS}-openssl.so`)],
  ['libstrongswan-extra-plugins', () => existsSync(`${STRONGSWAN_PLUGINS}-curve25519.so`)],
  ['libcharon-extra-plugins', () => existsSync(`${STRONGSWAN_PLUGINS}-kernel-libipsec.so`)],
];

function inPath(name) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/sbin', '/sbin'];
  return folders.some((folder) => existsSync(join(folder, name)));
}

const missingPackages = () => DEBIAN_PACKAGES.filter(([, isThere]) => !isThere()).map(([name]) => name);

/** Installs Debian's programs where it can. Never fails a run: checks that need an absent program skip themselves. */
export async function installDebianPackages(say) {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const command = `apt-get install --no-install-recommends ${missing.join(' ')}`;
  if (!inPath('apt-get') || process.getuid?.() !== 0 || process.env.IKEBANA_NO_APT !== undefined) {
    say(`== not installed, so checks that need them are skipped: ${missing.join(', ')} (as root: ${command})`);
    return;
  }
  say(`== installing Debian packages: ${missing.join(', ')}`);
  await apt(['update', '-qq'], APT_UPDATE_LIMIT);
  const ends = Date.now() + APT_INSTALL_LIMIT;
  await apt(['install', '-y', '-qq', '--no-install-recommends', ...missing], APT_INSTALL_LIMIT);
  // One package that cannot be had must not keep the others away.
  for (const name of missingPackages()) {
    const left = ends - Date.now();
    if (left > 1000) await apt(['install', '-y', '-qq', '--no-install-recommends', name], left);
  }
  const still = missingPackages();
  say(still.length === 0 ? 'installed' : `could not be installed: ${still.join(', ')}`);
}

function apt(args, limit) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = ['-o', 'DPkg::Lock::Timeout=60', '-o', 'Acquire::Retries=1'];
  return run('apt-get', [...options, ...args], { limit, env, quiet: true });
}
