import { header, octets, unsigned } from '../../../core/index.ts';
import { addressText, payloadForm, single, structure, type ValueOfStructure } from '../../isakmp/contract.ts';
import { TS_TYPE, TS_TYPE_NAMES } from '../names/identifiers.ts';

/** Selectors of one payload; the count is one octet on the wire. */
const MOST_SELECTORS = 255;

/**
 * Traffic Selector payloads, types 44 and 45 (RFC 7296 §3.13): number of selectors (1) | reserved (3) | selectors, each
 *
 *     type (1) | IP protocol (1) | length (2) | start port (2) | end port (2) | starting address | ending address
 */
const selector = single(
  header({
    name: 'ikev2.selector',
    title: 'Traffic selector',
    source: 'RFC 7296 §3.13.1',
    fields: {
      type: unsigned(8, { names: TS_TYPE_NAMES }),
      protocol: unsigned(8, {
        label: 'IP protocol',
        names: { 0: 'any', 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6' },
      }),
      length: unsigned(16, {
        fill: (_, context) => context.size,
        check: (length, { type }) => {
          if (type === TS_TYPE.IPV4_ADDR_RANGE && length !== 16) return `a length of ${length} octets, not 16`;
          if (type === TS_TYPE.IPV6_ADDR_RANGE && length !== 40) return `a length of ${length} octets, not 40`;
          return length < 8 || length % 2 !== 0 ? `a length of ${length} octets` : undefined;
        },
      }),
      startPort: unsigned(16),
      endPort: unsigned(16),
      startAddress: octets((values) => (values.length - 8) / 2, { label: 'Starting address', format: addressText }),
      endAddress: octets((values) => (values.length - 8) / 2, { label: 'Ending address', format: addressText }),
    },
  }),
);

export type SelectorOnWire = ValueOfStructure<typeof selector>;

const body = (name: string, source: string) =>
  structure({
    header: header({
      name,
      title: 'Traffic Selectors',
      source,
      fields: { count: unsigned(8, { label: 'Number of selectors' }), reserved: unsigned(24) },
    }),
    parts: {
      key: 'selectors',
      of: selector,
      count: 'count',
      most: MOST_SELECTORS,
      describe: (value, index) => ({ label: `Selector ${index + 1}`, value: selectorText(value) }),
    },
  });

export const trafficSelectorInitiator = payloadForm({
  kind: 'TSi',
  type: 44,
  title: 'Traffic Selector - Initiator',
  source: 'RFC 7296 §3.13',
  body: body('ikev2.tsi', 'RFC 7296 §3.13'),
});

export const trafficSelectorResponder = payloadForm({
  kind: 'TSr',
  type: 45,
  title: 'Traffic Selector - Responder',
  source: 'RFC 7296 §3.13',
  body: body('ikev2.tsr', 'RFC 7296 §3.13'),
});

/** `10.1.0.0 - 10.1.0.255`, with protocol and ports where they are not all. */
export function selectorText({ protocol, startPort, endPort, startAddress, endAddress }: SelectorOnWire): string {
  const range = `${addressText(startAddress)} - ${addressText(endAddress)}`;
  const ports = startPort === 0 && endPort === 0xffff ? '' : ` ports ${startPort}-${endPort}`;
  return `${range}${protocol === 0 ? '' : ` protocol ${protocol}`}${ports}`;
}
