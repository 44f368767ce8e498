import { toHex } from '../../../core/index.ts';

/** Vendor IDs that are known by name. Most are the MD5 of a text. */

/** Dead Peer Detection, version 1.0 (RFC 3706 §5.1). */
export const DPD_VENDOR_ID = 'afcad71368a1f1c96b8696fc77570100';

const NAMES: Readonly<Record<string, string>> = {
  [DPD_VENDOR_ID]: 'Dead Peer Detection',
  '4a131c81070358455c5728f20e95452f': 'RFC 3947',
  '4485152d18b6bbcd0be8a8469579ddcc': 'draft-ietf-ipsec-nat-t-ike-00',
  '16f6ca16e4a4066d83821a0f0aeaa862': 'draft-ietf-ipsec-nat-t-ike-01',
  cd60464335df21f87cfdb2fc68b6a448: 'draft-ietf-ipsec-nat-t-ike-02',
  '90cb80913ebb696e086381b5ec427b1f': 'draft-ietf-ipsec-nat-t-ike-02 with a line end',
  '7d9419a65310ca6f2c179d9215529d56': 'draft-ietf-ipsec-nat-t-ike-03',
  '9909b64eed937c6573de52ace952fa6b': 'draft-ietf-ipsec-nat-t-ike-04',
  '80d0bb3def54565ee84645d4c85ce3ee': 'draft-ietf-ipsec-nat-t-ike-05',
  '4d1e0e136deafa34c4f3ea9f02ec7285': 'draft-ietf-ipsec-nat-t-ike-06',
  '439b59f8ba676c4c7737ae22eab8f582': 'draft-ietf-ipsec-nat-t-ike-07',
  '8f8d83826d246b6fc7a8a6a428c11de8': 'draft-ietf-ipsec-nat-t-ike-08',
  '09002689dfd6b712': 'XAUTH',
  '12f5f28c457168a9702d9fe274cc0100': 'Cisco Unity',
  '4048b7d56ebce88525e7de7f00d6c2d3': 'FRAGMENTATION',
  '882fe56d6fd20dbc2251613b2ebe5beb': 'strongSwan',
  '621b04bb09882ac1e15935fefa24aeee': 'GSSAPI',
  '1e2b516905991c7d7c96fcbfb587e461': 'MS NT5 ISAKMPOAKLEY',
  '26244d38eddb61b3172a36e3d0cfb819': 'Vid-Initial-Contact',
  fb1de3cdf341b7ea16b7e5be0855f120: 'MS-Negotiation Discovery Capable',
  e3a5966a76379fe707228231e5ce8652: 'IKE CGA version 1',
  '7003cbc1097dbe9c2600ba6983bc8b35': 'KAME/racoon',
};

/** Octets that vendors put behind their ID: versions and abilities. */
const LONGEST_SUFFIX = 8;
/** The shortest ID that is one of the names above with something behind it. */
const WHOLE = 16;

/** The name of a vendor ID, or its text where it is one; `undefined` for one that says nothing here. */
export function vendorName(value: Uint8Array): string | undefined {
  const whole = NAMES[toHex(value)];
  if (whole !== undefined) return whole;
  if (value.length > WHOLE && value.length <= WHOLE + LONGEST_SUFFIX) {
    const name = NAMES[toHex(value.subarray(0, WHOLE))];
    if (name !== undefined) return `${name} ${toHex(value.subarray(WHOLE))}`;
  }
  if (value.length === 0 || value.length > LONGEST_TEXT) return undefined;
  if (value.some((octet) => octet < 0x20 || octet > 0x7e)) return undefined;
  return String.fromCharCode(...value);
}

const LONGEST_TEXT = 64;
