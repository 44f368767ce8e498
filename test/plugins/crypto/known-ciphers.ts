import type { AeadName, CipherName } from '../../../plugins/crypto/contract.ts';
import { ascii, counting, repeated } from './hex.ts';
import { CMAC_TEXT } from './known-answers.ts';

/** Known answers that the documents print: ciphers. All values are hexadecimal. */

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
