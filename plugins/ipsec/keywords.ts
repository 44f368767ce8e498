import { nearestWord } from '../../core/index.ts';
import { type Proposal, SECURITY_PROTOCOL, type SecurityProtocol } from './proposal.ts';
import {
  ENCRYPTIONS,
  encryptionOf,
  INTEGRITIES,
  KEY_EXCHANGES,
  PRFS_OF_IKE,
  TRANSFORM,
  type Transform,
  type TransformType,
} from './transforms.ts';

/** Proposals in strongSwan's keywords: `aes256-sha256-modp2048`. */

export type ProposalReading =
  | { readonly proposals: readonly Proposal[] }
  | { readonly wrong: string; readonly suggestion?: string };

/** What `default` stands for. Combined and separate encryption stand in proposals of their own (RFC 5282 §8). */
const DEFAULTS: Readonly<Record<SecurityProtocol, readonly string[]>> = {
  [SECURITY_PROTOCOL.ike]: [
    'aes256gcm16-aes128gcm16-chacha20poly1305-prfsha384-prfsha256-x25519-ecp256-ecp384-modp2048-modp3072',
    'aes256-aes192-aes128-sha256-sha384-sha512-sha1-x25519-ecp256-ecp384-modp2048-modp3072',
  ],
  [SECURITY_PROTOCOL.esp]: [
    'aes256gcm16-aes128gcm16-chacha20poly1305',
    'aes256-aes192-aes128-sha256-sha384-sha512-sha1',
  ],
  [SECURITY_PROTOCOL.ah]: ['sha256-sha384-sha512-sha1'],
};

/** Other spellings of a keyword. */
const ALIASES: Readonly<Record<string, string>> = {
  aes: 'aes128',
  ...Object.fromEntries(
    [128, 192, 256].flatMap((bits) =>
      ['ccm', 'gcm'].flatMap((mode) => [
        ...[64, 96, 128].map((icv) => [`aes${bits}${mode}${icv}`, `aes${bits}${mode}${icv / 8}`]),
        [`aes${bits}${mode}`, `aes${bits}${mode}16`],
      ]),
    ),
  ),
  sha: 'sha1',
  sha2_256: 'sha256',
  sha2_384: 'sha384',
  sha2_512: 'sha512',
  curve25519: 'x25519',
  curve448: 'x448',
};

const KEYWORDS: ReadonlyMap<string, Transform> = new Map<string, Transform>([
  ...ENCRYPTIONS.map(({ keyword, id, keyLength }): [string, Transform] => [
    keyword,
    { type: TRANSFORM.encryption, id, ...(keyLength === undefined ? {} : { keyLength }) },
  ]),
  ...INTEGRITIES.map(({ keyword, id }): [string, Transform] => [keyword, { type: TRANSFORM.integrity, id }]),
  ...PRFS_OF_IKE.map(({ keyword, id }): [string, Transform] => [keyword, { type: TRANSFORM.prf, id }]),
  ...KEY_EXCHANGES.map(({ keyword, id }): [string, Transform] => [keyword, { type: TRANSFORM.keyExchange, id }]),
  ['modpnone', { type: TRANSFORM.keyExchange, id: 0 }],
  ['noesn', { type: TRANSFORM.sequenceNumbers, id: 0 }],
  ['esn', { type: TRANSFORM.sequenceNumbers, id: 1 }],
]);

/** The transform of a keyword; `undefined` for an unknown one. */
export function transformOfKeyword(keyword: string): Transform | undefined {
  return KEYWORDS.get(Object.hasOwn(ALIASES, keyword) ? (ALIASES[keyword] as string) : keyword);
}

/** The proposals that a list of texts stands for; `default` for what would do on most sites. The first mistake is told. */
export function parseProposals(texts: readonly string[], protocol: SecurityProtocol): ProposalReading {
  const proposals: Proposal[] = [];
  for (const text of texts) {
    const spelled = text.trim() === 'default' ? DEFAULTS[protocol] : [text.trim()];
    for (const each of spelled) {
      const reading = parseProposal(each, protocol);
      if ('wrong' in reading) return reading;
      proposals.push(...reading.proposals);
    }
  }
  return { proposals };
}

export function defaultProposals(protocol: SecurityProtocol): readonly Proposal[] {
  const reading = parseProposals(['default'], protocol);
  return 'proposals' in reading ? reading.proposals : [];
}

function parseProposal(text: string, protocol: SecurityProtocol): ProposalReading {
  const transforms: Transform[] = [];
  const keywords = text.split('-').map((word) => word.trim());
  for (const [at, keyword] of keywords.entries()) {
    const transform = transformOfKeyword(keyword);
    if (transform === undefined) {
      const meant = respelled(text);
      if (meant !== undefined) {
        const wrong = `${text}: there is no transform ${keyword === '' ? 'between two hyphens' : keyword}`;
        return { wrong: `${wrong}, did you mean ${meant}?`, suggestion: meant };
      }
      const near = nearestWord(keyword, [...KEYWORDS.keys(), ...Object.keys(ALIASES)]);
      const wrong = `${text}: there is no transform ${keyword === '' ? 'between two hyphens' : keyword}`;
      if (near === undefined) return { wrong };
      return { wrong: `${wrong}, did you mean ${near}?`, suggestion: keywords.with(at, near).join('-') };
    }
    if (transforms.some((other) => other.type === transform.type && sameKeyword(other, transform))) continue;
    transforms.push(transform);
  }
  return completed(text, protocol, transforms);
}

/** The names that other products and people use: `AES-256`, `sha-256`, `dh14`, `group14`. `undefined` where that makes no proposal. */
function respelled(text: string): string | undefined {
  const spelled = text
    .toLowerCase()
    .replace(/\b(aes|sha)[-_ ](\d+)/g, '$1$2')
    .replace(/\bsha2?-(256|384|512)/g, 'sha$1')
    .replace(/\b(?:dh|group|grp|modp_?group)[-_ ]?(\d+)\b/g, (whole, id: string) => {
      return KEY_EXCHANGES.find((each) => each.id === Number(id))?.keyword ?? whole;
    })
    .replace(/\b(aes\d+)-?(gcm|ccm)\b-?/g, '$1$2')
    .replace(/[/_+:,\s]+/g, '-')
    .replace(/^-|-$/g, '');
  if (spelled === text) return undefined;
  return spelled.split('-').every((keyword) => transformOfKeyword(keyword) !== undefined) ? spelled : undefined;
}

function sameKeyword(a: Transform, b: Transform): boolean {
  return a.id === b.id && a.keyLength === b.keyLength;
}

/** Adds what follows by itself and says what is missing or does not go together. */
function completed(text: string, protocol: SecurityProtocol, given: readonly Transform[]): ProposalReading {
  const of = (type: TransformType) => given.filter((transform) => transform.type === type);
  const encryption = of(TRANSFORM.encryption);
  const integrity = of(TRANSFORM.integrity);
  const combined = encryption.filter((transform) => encryptionOf(transform)?.kind === 'combined');
  const wrong = (what: string): ProposalReading => ({ wrong: `${text}: ${what}` });
  if (protocol === SECURITY_PROTOCOL.ah) {
    if (encryption.length > 0) return wrong('AH does not encrypt');
    if (integrity.length === 0) return wrong('an integrity transform is missing, such as sha256');
  } else {
    if (encryption.length === 0) return wrong('an encryption transform is missing, such as aes256 or aes256gcm16');
    if (combined.length > 0 && combined.length < encryption.length) {
      return wrong('combined and separate encryption cannot share a proposal (RFC 5282 §8): write two');
    }
    if (combined.length > 0 && protocol === SECURITY_PROTOCOL.esp && integrity.length > 0) {
      return wrong('combined encryption takes no integrity transform beside it (RFC 7296 §3.3)');
    }
    if (combined.length === 0 && integrity.length === 0) {
      return wrong('an integrity transform is missing, such as sha256 (RFC 8221 §4: never encrypt without integrity)');
    }
  }
  if (protocol === SECURITY_PROTOCOL.ike) {
    const prfs = of(TRANSFORM.prf);
    // As strongSwan does: the integrity transforms' own functions serve where no pseudorandom function is named.
    const implied = integrity.flatMap((transform) => {
      const keyword = INTEGRITIES.find(({ id }) => id === transform.id)?.keyword;
      const prf = PRFS_OF_IKE.find((each) => each.keyword === `prf${keyword}`);
      return prf === undefined ? [] : [{ type: TRANSFORM.prf, id: prf.id } as const];
    });
    const chosen = prfs.length > 0 ? prfs : implied;
    if (chosen.length === 0) return wrong('a pseudorandom function is missing, such as prfsha256');
    if (of(TRANSFORM.keyExchange).length === 0) return wrong('a key exchange is missing, such as modp2048 or x25519');
    if (of(TRANSFORM.sequenceNumbers).length > 0) return wrong('esn and noesn are for ESP and AH');
    const separate = combined.length > 0 ? [] : integrity;
    return {
      proposals: [{ protocol, transforms: [...encryption, ...separate, ...chosen, ...of(TRANSFORM.keyExchange)] }],
    };
  }
  if (of(TRANSFORM.prf).length > 0) return wrong('pseudorandom functions are for IKE proposals');
  const esn = of(TRANSFORM.sequenceNumbers);
  const sequenceNumbers = esn.length > 0 ? esn : [{ type: TRANSFORM.sequenceNumbers, id: 0 } as const];
  return {
    proposals: [
      { protocol, transforms: [...encryption, ...integrity, ...of(TRANSFORM.keyExchange), ...sequenceNumbers] },
    ],
  };
}
