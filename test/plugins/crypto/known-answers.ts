import type {
  AeadName,
  CipherName,
  EcScheme,
  GroupName,
  HashName,
  MacName,
  PrfName,
} from '../../../plugins/crypto/contract.ts';

/** Known answers that the documents print. All values are hexadecimal; `ascii` turns their texts into it. */

function ascii(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** `count` times the same byte. */
function repeated(byte: string, count: number): string {
  return byte.repeat(count);
}

/** `count` bytes counting up from `first`. */
function counting(first: number, count: number): string {
  return Array.from({ length: count }, (_, i) => (first + i).toString(16).padStart(2, '0')).join('');
}

interface HashAnswer {
  readonly source: string;
  readonly name: HashName;
  readonly data: string;
  readonly digest: string;
}

export const HASH_ANSWERS: readonly HashAnswer[] = [
  { source: 'RFC 1321 A.5', name: 'md5', data: '', digest: 'd41d8cd98f00b204e9800998ecf8427e' },
  { source: 'RFC 1321 A.5', name: 'md5', data: ascii('abc'), digest: '900150983cd24fb0d6963f7d28e17f72' },
  { source: 'FIPS 180', name: 'sha1', data: ascii('abc'), digest: 'a9993e364706816aba3e25717850c26c9cd0d89d' },
  {
    source: 'FIPS 180',
    name: 'sha256',
    data: ascii('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'),
    digest: '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  },
  {
    source: 'FIPS 180',
    name: 'sha384',
    data: ascii('abc'),
    digest: 'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
  },
  {
    source: 'FIPS 180',
    name: 'sha512',
    data: ascii('abc'),
    digest:
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  },
];

interface HmacAnswer {
  readonly source: string;
  readonly name: HashName;
  readonly key: string;
  readonly data: string;
  readonly mac: string;
}

const JEFE = { key: ascii('Jefe'), data: ascii('what do ya want for nothing?') };
const HI_THERE = { key: repeated('0b', 20), data: ascii('Hi There') };
const LONG_KEY = { key: repeated('aa', 131), data: ascii('Test Using Larger Than Block-Size Key - Hash Key First') };

export const HMAC_ANSWERS: readonly HmacAnswer[] = [
  {
    source: 'RFC 2202 2, 1',
    name: 'md5',
    key: repeated('0b', 16),
    data: HI_THERE.data,
    mac: '9294727a3638bb1c13f48ef8158bfc9d',
  },
  { source: 'RFC 2202 2, 2', name: 'md5', ...JEFE, mac: '750c783e6ab0b503eaa86e310a5db738' },
  { source: 'RFC 2202 3, 1', name: 'sha1', ...HI_THERE, mac: 'b617318655057264e28bc0b6fb378c8ef146be00' },
  { source: 'RFC 2202 3, 2', name: 'sha1', ...JEFE, mac: 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79' },
  {
    source: 'RFC 2202 3, 3',
    name: 'sha1',
    key: repeated('aa', 20),
    data: repeated('dd', 50),
    mac: '125d7342b9ac11cd91a39af48aa17b4f63f175d3',
  },
  {
    source: 'RFC 4231 4.2',
    name: 'sha256',
    ...HI_THERE,
    mac: 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  },
  {
    source: 'RFC 4231 4.2',
    name: 'sha384',
    ...HI_THERE,
    mac: 'afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6',
  },
  {
    source: 'RFC 4231 4.2',
    name: 'sha512',
    ...HI_THERE,
    mac: '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
  },
  {
    source: 'RFC 4231 4.3',
    name: 'sha256',
    ...JEFE,
    mac: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  },
  {
    source: 'RFC 4231 4.3',
    name: 'sha384',
    ...JEFE,
    mac: 'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
  },
  {
    source: 'RFC 4231 4.3',
    name: 'sha512',
    ...JEFE,
    mac: '164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737',
  },
  {
    source: 'RFC 4231 4.7',
    name: 'sha256',
    ...LONG_KEY,
    mac: '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  },
  {
    source: 'RFC 4231 4.7',
    name: 'sha384',
    ...LONG_KEY,
    mac: '4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952',
  },
  {
    source: 'RFC 4231 4.7',
    name: 'sha512',
    ...LONG_KEY,
    mac: '80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598',
  },
];

interface MacAnswer {
  readonly source: string;
  readonly name: MacName;
  readonly key: string;
  readonly data: string;
  readonly mac: string;
  readonly nonce?: string;
}

const XCBC_KEY = counting(0, 16);
const CMAC_KEY = '2b7e151628aed2a6abf7158809cf4f3c';
const CMAC_TEXT =
  '6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710';

export const MAC_ANSWERS: readonly MacAnswer[] = [
  { source: 'RFC 3566 4.6, 1', name: 'aes-xcbc', key: XCBC_KEY, data: '', mac: '75f0251d528ac01c4573dfd584d79f29' },
  {
    source: 'RFC 3566 4.6, 2',
    name: 'aes-xcbc',
    key: XCBC_KEY,
    data: counting(0, 3),
    mac: '5b376580ae2f19afe7219ceef172756f',
  },
  {
    source: 'RFC 3566 4.6, 3',
    name: 'aes-xcbc',
    key: XCBC_KEY,
    data: counting(0, 16),
    mac: 'd2a246fa349b68a79998a4394ff7a263',
  },
  {
    source: 'RFC 3566 4.6, 4',
    name: 'aes-xcbc',
    key: XCBC_KEY,
    data: counting(0, 20),
    mac: '47f51b4564966215b8985c63055ed308',
  },
  {
    source: 'RFC 3566 4.6, 6',
    name: 'aes-xcbc',
    key: XCBC_KEY,
    data: counting(0, 34),
    mac: 'becbb3bccdb518a30677d5481fb6b4d8',
  },
  { source: 'RFC 4493 4, 1', name: 'aes-cmac', key: CMAC_KEY, data: '', mac: 'bb1d6929e95937287fa37d129b756746' },
  {
    source: 'RFC 4493 4, 2',
    name: 'aes-cmac',
    key: CMAC_KEY,
    data: CMAC_TEXT.slice(0, 32),
    mac: '070a16b46b4d4144f79bdd9dd04a287c',
  },
  {
    source: 'RFC 4493 4, 3',
    name: 'aes-cmac',
    key: CMAC_KEY,
    data: CMAC_TEXT.slice(0, 80),
    mac: 'dfa66747de9ae63030ca32611497c827',
  },
  {
    source: 'RFC 4493 4, 4',
    name: 'aes-cmac',
    key: CMAC_KEY,
    data: CMAC_TEXT,
    mac: '51f0bebf7e3b9d92fc49741779363cfe',
  },
  {
    source: 'GCM specification, B, 1',
    name: 'aes-gmac',
    key: repeated('00', 16),
    nonce: repeated('00', 12),
    data: '',
    mac: '58e2fccefa7e3061367f1d57a4e7455a',
  },
];

interface PrfAnswer {
  readonly source: string;
  readonly name: PrfName;
  readonly key: string;
  readonly data: string;
  readonly output: string;
}

export const PRF_ANSWERS: readonly PrfAnswer[] = [
  {
    source: 'RFC 4434 2, 1',
    name: 'aes-xcbc',
    key: counting(0, 16),
    data: counting(0, 20),
    output: '47f51b4564966215b8985c63055ed308',
  },
  {
    source: 'RFC 4434 2, 2',
    name: 'aes-xcbc',
    key: counting(0, 10),
    data: counting(0, 20),
    output: '0fa087af7d866e7653434e602fdde835',
  },
  {
    source: 'RFC 4434 2, 3',
    name: 'aes-xcbc',
    key: `${counting(0, 16)}edcb`,
    data: counting(0, 20),
    output: '8cd3c93ae598a9803006ffb67c40e9e4',
  },
  {
    source: 'RFC 4615 4, 1',
    name: 'aes-cmac',
    key: `${counting(0, 16)}edcb`,
    data: counting(0, 20),
    output: '84a348a4a45d235babfffc0d2b4da09a',
  },
  {
    source: 'RFC 4615 4, 2',
    name: 'aes-cmac',
    key: counting(0, 16),
    data: counting(0, 20),
    output: '980ae87b5f4c9c5214f5b6a8455e4c2d',
  },
  {
    source: 'RFC 4615 4, 3',
    name: 'aes-cmac',
    key: counting(0, 10),
    data: counting(0, 20),
    output: '290d9e112edb09ee141fcf64c0b72f3d',
  },
  {
    source: 'RFC 4231 4.3',
    name: 'hmac-sha256',
    ...JEFE,
    output: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  },
];

interface CipherAnswer {
  readonly source: string;
  readonly name: CipherName;
  readonly key: string;
  readonly iv: string;
  readonly plain: string;
  readonly cipher: string;
}

export const CIPHER_ANSWERS: readonly CipherAnswer[] = [
  {
    source: 'RFC 3602 4, 1',
    name: 'aes-cbc',
    key: '06a9214036b8a15b512e03d534120006',
    iv: '3dafba429d9eb430b422da802c9fac41',
    plain: ascii('Single block msg'),
    cipher: 'e353779c1079aeb82708942dbe77181a',
  },
  {
    source: 'RFC 3602 4, 2',
    name: 'aes-cbc',
    key: 'c286696d887c9aa0611bbb3e2025a45a',
    iv: '562e17996d093d28ddb3ba695a2e6f58',
    plain: counting(0, 32),
    cipher: 'd296cd94c2cccf8a3a863028b5e1dc0a7586602d253cfff91b8266bea6d61ab1',
  },
  {
    source: 'NIST SP 800-38A F.2.5',
    name: 'aes-cbc',
    key: '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
    iv: counting(0, 16),
    plain: CMAC_TEXT,
    cipher:
      'f58c4c04d6e5f1ba779eabfb5f7bfbd69cfc4e967edb808d679f777bc6702c7d39f23369a9d9bacfa530e26304231461b2eb05e2c39be9fcda6c19078c6a9d1b',
  },
  {
    source: 'NIST SP 800-38A F.2.3',
    name: 'aes-cbc',
    key: '8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b',
    iv: counting(0, 16),
    plain: CMAC_TEXT.slice(0, 32),
    cipher: '4f021db243bc633d7178183a9fa071e8',
  },
  {
    source: 'RFC 3686 6, 1',
    name: 'aes-ctr',
    key: 'ae6852f8121067cc4bf7a5765577f39e',
    iv: '00000030000000000000000000000001',
    plain: ascii('Single block msg'),
    cipher: 'e4095d4fb7a7b3792d6175a3261311b8',
  },
  {
    source: 'RFC 3686 6, 3',
    name: 'aes-ctr',
    key: '7691be035e5020a8ac6e618529f9a0dc',
    iv: '00e0017b27777f3f4a1786f000000001',
    plain: counting(0, 36),
    cipher: 'c1cf48a89f2ffdd9cf4652e9efdb72d74540a42bde6d7836d59a5ceaaef3105325b2072f',
  },
  {
    source: 'NIST SP 800-38A F.5.5',
    name: 'aes-ctr',
    key: '603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4',
    iv: 'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff',
    plain: CMAC_TEXT.slice(0, 64),
    cipher: '601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5',
  },
  {
    source: 'FIPS 81 C',
    name: 'des-cbc',
    key: '0123456789abcdef',
    iv: '1234567890abcdef',
    plain: ascii('Now is the time for all '),
    cipher: 'e5c7cdde872bf27c43e934008c389c0f683788499a7c05f6',
  },
  {
    source: 'NIST SP 800-67 B.1',
    name: '3des-cbc',
    key: '0123456789abcdef23456789abcdef01456789abcdef0123',
    iv: repeated('00', 8),
    plain: ascii('The qufc'),
    cipher: 'a826fd8ce53b855f',
  },
];

interface AeadAnswer {
  readonly source: string;
  readonly name: AeadName;
  readonly key: string;
  readonly nonce: string;
  readonly additional: string;
  readonly plain: string;
  readonly sealed: string;
  readonly tagLength?: number;
}

const GCM_KEY = 'feffe9928665731c6d6a8f9467308308';
const GCM_TEXT =
  'd9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39';
const GCM_AAD = 'feedfacedeadbeeffeedfacedeadbeefabaddad2';

export const AEAD_ANSWERS: readonly AeadAnswer[] = [
  {
    source: 'GCM specification, B, 2',
    name: 'aes-gcm',
    key: repeated('00', 16),
    nonce: repeated('00', 12),
    additional: '',
    plain: repeated('00', 16),
    sealed: '0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf',
  },
  {
    source: 'GCM specification, B, 4',
    name: 'aes-gcm',
    key: GCM_KEY,
    nonce: 'cafebabefacedbaddecaf888',
    additional: GCM_AAD,
    plain: GCM_TEXT,
    sealed:
      '42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47',
  },
  {
    source: 'GCM specification, B, 5 (nonce of 8 bytes)',
    name: 'aes-gcm',
    key: GCM_KEY,
    nonce: 'cafebabefacedbad',
    additional: GCM_AAD,
    plain: GCM_TEXT,
    sealed:
      '61353b4c2806934a777ff51fa22a4755699b2a714fcdc6f83766e5f97b6c742373806900e49f24b22b097544d4896b424989b5e1ebac0f07c23f45983612d2e79e3b0785561be14aaca2fccb',
  },
  {
    source: 'GCM specification, B, 16',
    name: 'aes-gcm',
    key: GCM_KEY + GCM_KEY,
    nonce: 'cafebabefacedbaddecaf888',
    additional: GCM_AAD,
    plain: GCM_TEXT,
    sealed:
      '522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b',
  },
  {
    source: 'RFC 3610 8, 1',
    name: 'aes-ccm',
    key: counting(0xc0, 16),
    nonce: '00000003020100a0a1a2a3a4a5',
    additional: counting(0, 8),
    plain: counting(8, 23),
    sealed: '588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0',
    tagLength: 8,
  },
  {
    source: 'NIST SP 800-38C C.1',
    name: 'aes-ccm',
    key: counting(0x40, 16),
    nonce: counting(0x10, 7),
    additional: counting(0, 8),
    plain: counting(0x20, 4),
    sealed: '7162015b4dac255d',
    tagLength: 4,
  },
  {
    source: 'RFC 8439 2.8.2',
    name: 'chacha20-poly1305',
    key: counting(0x80, 32),
    nonce: '070000004041424344454647',
    additional: '50515253c0c1c2c3c4c5c6c7',
    plain: ascii(
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
    ),
    sealed:
      'd31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d63dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b3692ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd0600691',
  },
];

interface ExchangeAnswer {
  readonly source: string;
  readonly group: GroupName;
  readonly privateI: string;
  readonly privateR: string;
  readonly publicI: string;
  readonly publicR: string;
  readonly secret: string;
}

export const EXCHANGE_ANSWERS: readonly ExchangeAnswer[] = [
  {
    source: 'RFC 7748 6.1',
    group: 'x25519',
    privateI: '77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a',
    publicI: '8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a',
    privateR: '5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb',
    publicR: 'de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f',
    secret: '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
  },
  {
    source: 'RFC 7748 6.2',
    group: 'x448',
    privateI:
      '9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b',
    publicI:
      '9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0',
    privateR:
      '1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d',
    publicR:
      '3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609',
    secret:
      '07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282bb60c0b56fd2464c335543936521c24403085d59a449a5037514a879d',
  },
  {
    source: 'RFC 5903 8.1',
    group: 'ecp256',
    privateI: 'c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433',
    publicI:
      'dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c37725811805271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3',
    privateR: 'c6ef9c5d78ae012a011164acb397ce2088685d8f06bf9be0b283ab46476bee53',
    publicR:
      'd12dfb5289c8d4f81208b70270398c342296970a0bccb74c736fc7554494bf6356fbf3ca366cc23e8157854c13c58d6aac23f046ada30f8353e74f33039872ab',
    secret: 'd6840f6b42f6edafd13116e0e12565202fef8e9ece7dce03812464d04b9442de',
  },
];

interface SignatureAnswer {
  readonly source: string;
  readonly scheme: EcScheme;
  readonly privateKey: string;
  readonly publicKey: string;
  readonly message: string;
  readonly signature: string;
}

export const SIGNATURE_ANSWERS: readonly SignatureAnswer[] = [
  {
    source: 'RFC 8032 7.1, 1',
    scheme: { kind: 'ed25519' },
    privateKey: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  {
    source: 'RFC 8032 7.1, 3',
    scheme: { kind: 'ed25519' },
    privateKey: 'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    publicKey: 'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
    message: 'af82',
    signature:
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
  },
  {
    source: 'RFC 6979 A.2.5',
    scheme: { kind: 'ecdsa', curve: 'p256', hash: 'sha256', encoding: 'raw' },
    privateKey: 'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721',
    publicKey:
      '60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
    message: ascii('sample'),
    signature:
      'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
  },
  {
    source: 'RFC 6979 A.2.5 (SHA-512)',
    scheme: { kind: 'ecdsa', curve: 'p256', hash: 'sha512', encoding: 'raw' },
    privateKey: 'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721',
    publicKey:
      '60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
    message: ascii('sample'),
    signature:
      '8496a60b5e9b47c825488827e0495b0e3fa109ec4568fd3f8d1097678eb97f002362ab1adbe2b8adf9cb9edab740ea6049c028114f2460f96554f61fae3302fe',
  },
];
