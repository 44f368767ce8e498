import type { HashName, MacName, PrfName } from '../../../plugins/crypto/contract.ts';
import { ascii, counting, repeated } from './hex.ts';

/** Known answers that the documents print: hashes, MACs and prfs. All values are hexadecimal. */

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
export const CMAC_TEXT =
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
