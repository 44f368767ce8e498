import { type Context, type KeyLogFormat, type PlainValues, toHex } from '../../core/index.ts';
import { integrityOf, type SecurityAssociation } from '../ipsec/contract.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { type AhMaterial, ahMaterial } from './material.ts';

/** The keys of SAs: one line an SA. */
export const AH_KEY_LOG = 'ah_sa';

/** An entry of the key log. Plain, and enough to verify packets with. */
export interface AhKeyEntry {
  readonly label: string;
  readonly spi: number;
  readonly source: number;
  readonly destination: number;
  readonly mode: string;
  readonly integrity: number;
  readonly integrityKey: Uint8Array;
  readonly esn: boolean;
}

export function logSaKeys(sa: SecurityAssociation, ctx: Context): void {
  const entry: AhKeyEntry = {
    label: `${ctx.node.name} ${sa.direction}`,
    spi: sa.spi,
    source: sa.source,
    destination: sa.destination,
    mode: sa.mode,
    integrity: sa.integrity?.id ?? 0,
    integrityKey: sa.keys.integrity.slice(),
    esn: sa.esn,
  };
  ctx.logKey(AH_KEY_LOG, { ...entry });
}

/** The material of an entry; `undefined` for one that says nothing usable. */
export function materialOfEntry({ integrity, integrityKey, esn }: AhKeyEntry): AhMaterial | undefined {
  const made = ahMaterial({
    encryption: undefined,
    integrity: { type: 3, id: integrity },
    keys: { encryption: new Uint8Array(0), integrity: integrityKey },
    esn,
  });
  return 'wrong' in made ? undefined : made;
}

/** Is it an entry of this format? Key logs may be read from files. */
export function isAhKeyEntry(values: PlainValues): values is PlainValues & AhKeyEntry {
  return (
    typeof values.spi === 'number' &&
    typeof values.source === 'number' &&
    typeof values.destination === 'number' &&
    typeof values.integrity === 'number' &&
    typeof values.esn === 'boolean' &&
    values.integrityKey instanceof Uint8Array
  );
}

/** Linux's names of the functions (crypto API). */
const LINUX_NAMES: Readonly<Record<number, string>> = {
  1: 'hmac(md5)',
  2: 'hmac(sha1)',
  5: 'xcbc(aes)',
  8: 'cmac(aes)',
  12: 'hmac(sha256)',
  13: 'hmac(sha384)',
  14: 'hmac(sha512)',
};

/** Wireshark has no table for AH: it takes the payload as it is and checks no ICV. A Linux kernel can take these SAs up. */
export const ahKeyLog: KeyLogFormat = {
  format: AH_KEY_LOG,
  file: 'ah_sa',
  about:
    'Lines for `ip -batch ah_sa`: a Linux kernel then has these SAs. Wireshark shows AH without keys and checks no ICV',
  line(values) {
    if (!isAhKeyEntry(values)) return undefined;
    const name = LINUX_NAMES[values.integrity];
    const known = integrityOf({ id: values.integrity });
    if (name === undefined || known === undefined || values.integrityKey.length !== known.key) return undefined;
    const ends = `src ${formatIpv4(values.source)} dst ${formatIpv4(values.destination)}`;
    const spi = `0x${values.spi.toString(16).padStart(8, '0')}`;
    const mode = values.mode === 'transport' ? 'transport' : 'tunnel';
    const flag = ` flag ${values.esn ? 'align4 esn' : 'align4'}`;
    const window = values.esn ? ' replay-window 32' : '';
    const key = `auth-trunc ${name} 0x${toHex(values.integrityKey)} ${known.icv * 8}`;
    return `xfrm state add ${ends} proto ah spi ${spi} mode ${mode}${window}${flag} ${key}`;
  },
};
