import { concatBytes, flag, header, octets, read16, toHex, unsigned } from '../../../core/index.ts';
import { type Transform as KnownTransform, TRANSFORM, weakMark } from '../../ipsec/contract.ts';
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
import {
  AH_TRANSFORMS,
  type AttributeClass,
  ESP_TRANSFORMS,
  IKE_ATTRIBUTE,
  IKE_ATTRIBUTES,
  IKE_TRANSFORMS,
  IPCOMP_TRANSFORMS,
  IPSEC_ATTRIBUTE,
  IPSEC_ATTRIBUTES,
} from '../names/attributes.ts';
import { DOI, DOI_NAMES, PROTOCOL, PROTOCOL_NAMES, SITUATION, SITUATION_NAMES } from '../names/identifiers.ts';
import { AH_IDS, AUTHENTICATION_VALUES, ENCRYPTION_VALUES, GMAC, HASH_VALUES, inverse } from '../names/numbers.ts';

/**
 * Security Association payload, type 1 (RFC 2408 §3.4 to §3.6), with proposals, each with transforms, each with attributes:
 *
 *     SA:        DOI (4) | situation (4) | proposals
 *     proposal:  next (1): 0 or 2 | reserved (1) | length (2) | number (1) | protocol (1) | SPI size (1) | transforms (1) | SPI
 *     transform: next (1): 0 or 3 | reserved (1) | length (2) | number (1) | ID (1) | reserved (2) | attributes
 *     attribute: format (1 bit) and class (15 bits) | value (2), or length (2) and value
 *
 * What transform IDs and attribute classes mean depends on the proposal's protocol.
 */
function attributeForm(name: string, classes: Readonly<Record<number, AttributeClass>>) {
  const names = Object.fromEntries(Object.entries(classes).map(([id, each]) => [id, each.name]));
  return single(
    header({
      name,
      title: 'Attribute',
      source: 'RFC 2408 §3.3',
      fields: {
        shortForm: flag({ label: 'Format: type and value' }),
        type: unsigned(15, { label: 'Attribute class', names }),
        lengthOrValue: unsigned(16, {
          label: 'Length or value',
          fill: (values) => values.value.length,
          remark: (value, { shortForm, type }) => (shortForm ? classes[type]?.values?.[value] : undefined),
        }),
        value: octets((values) => (values.shortForm ? 0 : values.lengthOrValue)),
      },
    }),
  );
}

const tooShort =
  (octetsOfHeader: number) =>
  (length: number, _: unknown, { available }: { available: number }) => {
    if (length < octetsOfHeader) return `a length of ${length} octets is less than the header's ${octetsOfHeader}`;
    return length > available ? `a length of ${length} octets, and ${available} are there` : undefined;
  };

function transformForm(
  name: string,
  ids: Readonly<Record<number, string>>,
  classes: Readonly<Record<number, AttributeClass>>,
) {
  return structure({
    header: header({
      name,
      title: 'Transform',
      source: 'RFC 2408 §3.6',
      fields: {
        last: unsigned(8, { label: 'Next payload', names: { 0: 'last', 3: 'Transform' } }),
        reserved: unsigned(8),
        length: unsigned(16, { fill: (_, context) => context.size + context.payloadSize, check: tooShort(8) }),
        number: unsigned(8, { label: 'Transform number' }),
        id: unsigned(8, { label: 'Transform ID', names: ids }),
        reserved2: unsigned(16, { label: 'Reserved' }),
      },
    }),
    extent: 'length',
    parts: {
      key: 'attributes',
      of: attributeForm(`${name}-attribute`, classes),
      most: MOST_ATTRIBUTES,
      describe: (value) => ({
        label: classes[value.type]?.name ?? `Attribute ${value.type}`,
        value: attributeText(value, classes),
      }),
    },
  });
}

const isakmpTransform = transformForm('ikev1.ike-transform', IKE_TRANSFORMS, IKE_ATTRIBUTES);
const espTransform = transformForm('ikev1.esp-transform', ESP_TRANSFORMS, IPSEC_ATTRIBUTES);
const ahTransform = transformForm('ikev1.ah-transform', AH_TRANSFORMS, IPSEC_ATTRIBUTES);
const ipcompTransform = transformForm('ikev1.ipcomp-transform', IPCOMP_TRANSFORMS, IPSEC_ATTRIBUTES);

const FORMS: Readonly<Record<number, typeof espTransform>> = {
  [PROTOCOL.isakmp]: isakmpTransform,
  [PROTOCOL.ah]: ahTransform,
  [PROTOCOL.esp]: espTransform,
  [PROTOCOL.ipcomp]: ipcompTransform,
};

const proposal = structure({
  header: header({
    name: 'ikev1.proposal',
    title: 'Proposal',
    source: 'RFC 2408 §3.5',
    fields: {
      last: unsigned(8, { label: 'Next payload', names: { 0: 'last', 2: 'Proposal' } }),
      reserved: unsigned(8),
      length: unsigned(16, { fill: (_, context) => context.size + context.payloadSize, check: tooShort(8) }),
      number: unsigned(8, { label: 'Proposal number' }),
      protocol: unsigned(8, { label: 'Protocol ID', names: PROTOCOL_NAMES }),
      spiSize: unsigned(8, { label: 'SPI size', fill: (values) => values.spi.length }),
      transformCount: unsigned(8, { label: 'Number of transforms' }),
      spi: octets((values) => values.spiSize, { label: 'SPI' }),
    },
  }),
  extent: 'length',
  parts: {
    key: 'transforms',
    of: espTransform,
    choose: ({ protocol }) => FORMS[protocol as number] ?? espTransform,
    count: 'transformCount',
    most: MOST_TRANSFORMS,
    more: { field: 'last', value: 3 },
    describe: (value) => ({ label: `Transform ${value.number}`, value: `ID ${value.id}` }),
  },
});

export const securityAssociation = payloadForm({
  kind: 'SA',
  type: 1,
  title: 'Security Association',
  source: 'RFC 2408 §3.4',
  body: structure({
    header: header({
      name: 'ikev1.sa',
      title: 'Security Association',
      source: 'RFC 2408 §3.4',
      fields: {
        doi: unsigned(32, {
          label: 'Domain of interpretation',
          names: DOI_NAMES,
          fill: () => DOI.ipsec,
          check: (doi) => (doi === DOI.ipsec ? undefined : `the domain of interpretation ${doi} is not IPsec (1)`),
        }),
        situation: unsigned(32, {
          names: SITUATION_NAMES,
          fill: () => SITUATION.identityOnly,
          check: (situation) =>
            situation === SITUATION.identityOnly ? undefined : `situation ${situation} is not SIT_IDENTITY_ONLY (1)`,
        }),
      },
    }),
    parts: {
      key: 'proposals',
      of: proposal,
      most: MOST_PROPOSALS,
      more: { field: 'last', value: 2 },
      describe: (value) => ({ label: `Proposal ${value.number}`, value: proposalText(value) }),
    },
  }),
});

export type ProposalOnWire = ValueOfStructure<typeof proposal>;
export type ProposalToWrite = GivenOfStructure<typeof proposal>;
export type TransformOnWire = ValueOfStructure<typeof espTransform>;
export type TransformToWrite = GivenOfStructure<typeof espTransform>;
export type AttributeOnWire = ValueOfStructure<ReturnType<typeof attributeForm>>;
export type AttributeToWrite = GivenOfStructure<ReturnType<typeof attributeForm>>;

/** The longest attribute value that is a number here, in octets. */
const LONGEST_NUMBER = 6;

/** An attribute's value as a number; `undefined` where it is none that fits. */
export function attributeNumber({ shortForm, lengthOrValue, value }: AttributeOnWire): number | undefined {
  if (shortForm) return lengthOrValue;
  if (value.length === 0 || value.length > LONGEST_NUMBER) return undefined;
  return value.reduce((sum, octet) => sum * 256 + octet, 0);
}

/** An attribute as authors write it: in two octets where that is enough, else in four (RFC 2408 §3.3). */
export function attributeToWrite(type: number, value: number): AttributeToWrite {
  if (value <= 0xffff) return { shortForm: true, type, lengthOrValue: value };
  return { shortForm: false, type, value: Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value) };
}

/** The first attribute of a class, as a number. */
export function attributeOf({ attributes }: TransformOnWire, type: number): number | undefined {
  const found = attributes.find((each) => each.type === type);
  return found === undefined ? undefined : attributeNumber(found);
}

/** SPI of 4 octets as a number. */
export function spiNumber(spi: Uint8Array): number | undefined {
  return spi.length === 4 ? read16(spi, 0) * 0x10000 + read16(spi, 2) : undefined;
}

const lifeAttribute = attributeForm('ikev1.lifetime-attribute', IPSEC_ATTRIBUTES);

/** Attributes that stand one after the other, as in the data of RESPONDER-LIFETIME (RFC 2407 §4.6.3.1); those before the first fault. */
export function attributesIn(data: Uint8Array): readonly AttributeOnWire[] {
  const list: AttributeOnWire[] = [];
  for (let at = 0; at < data.length && list.length < MOST_ATTRIBUTES; ) {
    const read = lifeAttribute.decode(data, at);
    if (!read.ok) break;
    list.push(read.value);
    at += read.size;
  }
  return list;
}

/** The octets of such a list. */
export function attributeOctets(attributes: readonly AttributeToWrite[]): Uint8Array {
  return concatBytes(...attributes.map((each) => lifeAttribute.encode(each)));
}

function attributeText(attribute: AttributeOnWire, classes: Readonly<Record<number, AttributeClass>>): string {
  const number = attributeNumber(attribute);
  if (number === undefined) return toHex(attribute.value);
  return classes[attribute.type]?.values?.[number] ?? String(number);
}

const ENCRYPTION_OF = inverse(ENCRYPTION_VALUES);
const HASH_OF = inverse(HASH_VALUES);
const AUTHENTICATION_OF = inverse(AUTHENTICATION_VALUES);
const INTEGRITY_OF_AH = inverse(AH_IDS);

/** The algorithms of a transform by their numbers in IKEv2; those that have none there are left out. */
function algorithmsOf(protocol: number, transform: TransformOnWire): KnownTransform[] {
  const isIke = protocol === PROTOCOL.isakmp;
  const attribute = isIke ? IKE_ATTRIBUTE : IPSEC_ATTRIBUTE;
  const numberOf = (type: number): number => attributeOf(transform, type) ?? -1;
  const keyLength = attributeOf(transform, attribute.keyLength);
  const esp = transform.id === GMAC.ikev1 ? GMAC.ikev2 : transform.id;
  const encryption = isIke ? ENCRYPTION_OF[numberOf(IKE_ATTRIBUTE.encryption)] : esp;
  const authentication = AUTHENTICATION_OF[numberOf(IPSEC_ATTRIBUTE.authentication)];
  const ofAh = protocol === PROTOCOL.ah ? INTEGRITY_OF_AH[transform.id] : authentication;
  const integrity = isIke ? HASH_OF[numberOf(IKE_ATTRIBUTE.hash)] : ofAh;
  const group = attributeOf(transform, attribute.group);
  return [
    ...(encryption === undefined || protocol === PROTOCOL.ah
      ? []
      : [{ type: TRANSFORM.encryption, id: encryption, ...(keyLength === undefined ? {} : { keyLength }) }]),
    ...(integrity === undefined ? [] : [{ type: TRANSFORM.integrity, id: integrity }]),
    ...(group === undefined ? [] : [{ type: TRANSFORM.keyExchange, id: group }]),
  ];
}

/** `ESP_AES-CBC (Key Length 128, Authentication Algorithm HMAC-SHA, ...)`; weak ones are named behind it. */
export function transformText(protocol: number, transform: TransformOnWire): string {
  const [ids, classes] =
    protocol === PROTOCOL.isakmp
      ? [IKE_TRANSFORMS, IKE_ATTRIBUTES]
      : [protocol === PROTOCOL.ah ? AH_TRANSFORMS : ESP_TRANSFORMS, IPSEC_ATTRIBUTES];
  const parts = transform.attributes.map(
    (each) => `${classes[each.type]?.name ?? `attribute ${each.type}`} ${attributeText(each, classes)}`,
  );
  const weak = weakMark(algorithmsOf(protocol, transform));
  return `${ids[transform.id] ?? `transform ${transform.id}`} (${parts.join(', ')})${weak}`;
}

/** `ESP: ESP_AES-CBC (...) or ESP_3DES (...)`. */
export function proposalText({ protocol, transforms }: ProposalOnWire): string {
  const list = transforms.map((each) => transformText(protocol, each)).join(' or ');
  return `${PROTOCOL_NAMES[protocol] ?? `protocol ${protocol}`}: ${list}`;
}
