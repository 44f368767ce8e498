import { flag, header, octets, toHex, unsigned } from '../../../core/index.ts';
import { type Transform as KnownTransform, weakMark } from '../../ipsec/contract.ts';
import {
  type GivenOfStructure,
  MOST_ATTRIBUTES,
  MOST_PROPOSALS,
  MOST_TRANSFORMS,
  payloadForm,
  single,
  structure,
  type ValueOfStructure,
} from '../../isakmp/contract.ts';
import { PROTOCOL_NAMES } from '../names/identifiers.ts';
import { TRANSFORM_TYPE_NAMES, transformName } from '../names/transforms.ts';

/**
 * Security Association payload, type 33 (RFC 7296 §3.3): proposals, each with transforms, each with attributes.
 *
 *     proposal:  last (1): 0 or 2 | reserved (1) | length (2) | number (1) | protocol (1) | SPI size (1) | transforms (1) | SPI
 *     transform: last (1): 0 or 3 | reserved (1) | length (2) | type (1) | reserved (1) | ID (2) | attributes
 *     attribute: format (1 bit) and type (15 bits) | value (2), or length (2) and value
 */
const attribute = single(
  header({
    name: 'ikev2.attribute',
    title: 'Transform attribute',
    source: 'RFC 7296 §3.3.5',
    fields: {
      shortForm: flag({ label: 'Format: type and value' }),
      type: unsigned(15, { names: { 14: 'Key Length' } }),
      lengthOrValue: unsigned(16, { fill: (values) => values.value.length }),
      value: octets((values) => (values.shortForm ? 0 : values.lengthOrValue)),
    },
  }),
);

const tooShort =
  (octetsOfHeader: number) =>
  (length: number, _: unknown, { available }: { available: number }) => {
    if (length < octetsOfHeader) return `a length of ${length} octets is less than the header's ${octetsOfHeader}`;
    return length > available ? `a length of ${length} octets, and ${available} are there` : undefined;
  };

const transform = structure({
  header: header({
    name: 'ikev2.transform',
    title: 'Transform',
    source: 'RFC 7296 §3.3.2',
    fields: {
      last: unsigned(8, { names: { 0: 'last', 3: 'more' } }),
      reserved: unsigned(8),
      length: unsigned(16, { fill: (_, context) => context.size + context.payloadSize, check: tooShort(8) }),
      type: unsigned(8, { names: TRANSFORM_TYPE_NAMES }),
      reserved2: unsigned(8, { label: 'Reserved' }),
      id: unsigned(16, { label: 'Transform ID', remark: (id, transform) => transformName(transform.type, id) }),
    },
  }),
  extent: 'length',
  parts: {
    key: 'attributes',
    of: attribute,
    most: MOST_ATTRIBUTES,
    describe: (value) => ({
      label: value.type === KEY_LENGTH ? 'Key length' : `Attribute ${value.type}`,
      value: value.shortForm ? String(value.lengthOrValue) : toHex(value.value),
    }),
  },
});

const proposal = structure({
  header: header({
    name: 'ikev2.proposal',
    title: 'Proposal',
    source: 'RFC 7296 §3.3.1',
    fields: {
      last: unsigned(8, { names: { 0: 'last', 2: 'more' } }),
      reserved: unsigned(8),
      length: unsigned(16, { fill: (_, context) => context.size + context.payloadSize, check: tooShort(8) }),
      number: unsigned(8),
      protocol: unsigned(8, { names: PROTOCOL_NAMES }),
      spiSize: unsigned(8, { label: 'SPI size', fill: (values) => values.spi.length }),
      transformCount: unsigned(8, { label: 'Transforms' }),
      spi: octets((values) => values.spiSize, { label: 'SPI' }),
    },
  }),
  extent: 'length',
  parts: {
    key: 'transforms',
    of: transform,
    count: 'transformCount',
    most: MOST_TRANSFORMS,
    more: { field: 'last', value: 3 },
    describe: (value) => ({ label: TRANSFORM_TYPE_NAMES[value.type] ?? 'Transform', value: transformText(value) }),
  },
});

export const securityAssociation = payloadForm({
  kind: 'SA',
  type: 33,
  title: 'Security Association',
  source: 'RFC 7296 §3.3',
  body: structure({
    header: header({ name: 'ikev2.sa', title: 'Security Association', source: 'RFC 7296 §3.3', fields: {} }),
    parts: {
      key: 'proposals',
      of: proposal,
      most: MOST_PROPOSALS,
      more: { field: 'last', value: 2 },
      describe: (value) => ({ label: `Proposal ${value.number}`, value: proposalText(value) }),
    },
  }),
});

export type Proposal = ValueOfStructure<typeof proposal>;
export type ProposalToWrite = GivenOfStructure<typeof proposal>;
export type Transform = ValueOfStructure<typeof transform>;
export type TransformToWrite = GivenOfStructure<typeof transform>;

/** The only transform attribute in use (RFC 7296 §3.3.5). */
export const KEY_LENGTH = 14;

/** A transform as authors write it; `keyBits` for ciphers with several key lengths. */
export function transformToWrite(type: number, id: number, keyBits?: number): TransformToWrite {
  const attributes = keyBits === undefined ? [] : [{ shortForm: true, type: KEY_LENGTH, lengthOrValue: keyBits }];
  return { type, id, attributes };
}

/** The key length attribute of a transform, in bits; `undefined` without one. */
export function keyBitsOf(transform: Transform): number | undefined {
  for (const { shortForm, type, lengthOrValue } of transform.attributes) {
    if (type === KEY_LENGTH && shortForm) return lengthOrValue;
  }
  return undefined;
}

/** `ENCR_AES_CBC 256`. */
export function transformText(transform: Transform): string {
  const bits = keyBitsOf(transform);
  return transformName(transform.type, transform.id) + (bits === undefined ? '' : ` ${bits}`);
}

/** `ESP: ENCR_AES_GCM_16 256, 32-bit sequence numbers`; weak ones are named behind it. */
export function proposalText({ protocol, transforms }: Proposal): string {
  const known = transforms.map((transform) => {
    const keyLength = keyBitsOf(transform);
    const type = transform.type as KnownTransform['type'];
    return { type, id: transform.id, ...(keyLength === undefined ? {} : { keyLength }) };
  });
  const list = transforms.map(transformText).join(', ');
  return `${PROTOCOL_NAMES[protocol] ?? `protocol ${protocol}`}: ${list}${weakMark(known)}`;
}
