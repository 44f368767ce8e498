import { type Codec, type DissectedField, read16, read32, toHex } from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { dhcpHeader, textOf } from './headers.ts';
import { MESSAGE_NAMES, OPTION, OPTIONS, type OptionForm, optionName } from './option-names.ts';
import { many32, type OptionPart, one32, readOptions, readRoutes } from './options.ts';

/** Octets of code and length before an option's value. */
const PREFIX = 2;
/** Octets of a value that are shown. */
const MOST_SHOWN = 255;
/** A lease without end (RFC 2131 §3.3). */
const FOREVER = 0xffff_ffff;

/** Messages for people: the header's fields, and every option by name, wherever it stands. */
export const dhcpCodec: Codec = {
  name: 'dhcp',
  title: 'DHCP',
  dissect(bytes, start, end) {
    const { fields, fault } = dhcpHeader.dissect(bytes, start, end);
    const layer = { name: 'dhcp', title: dhcpHeader.title, source: dhcpHeader.source, start, end };
    if (fault !== undefined) return { ...layer, summary: 'DHCP', fields, fault };
    const options = readOptions(bytes, start, end);
    const seen = new Set<number>();
    const shown = options.parts.map((part) => {
      const again = seen.has(part.code);
      seen.add(part.code);
      return optionField(bytes, part, options.values.get(part.code) ?? new Uint8Array(0), again);
    });
    return {
      ...layer,
      summary: summaryOf(bytes, start, options.values),
      fields: [...fields, ...shown],
      ...(options.fault === undefined ? {} : { fault: options.fault }),
    };
  },
};

function summaryOf(bytes: Uint8Array, start: number, values: ReadonlyMap<number, Uint8Array>): string {
  const type = values.get(OPTION.messageType)?.[0] ?? 0;
  const name = MESSAGE_NAMES[type] ?? 'DHCP message';
  const offered = read32(bytes, start + dhcpHeader.offset.yourAddress);
  const asked = one32(values.get(OPTION.requestedAddress)) ?? read32(bytes, start + dhcpHeader.offset.clientAddress);
  const address = offered !== 0 ? offered : asked;
  return address === 0 ? name : `${name}, ${formatIpv4(address)}`;
}

function optionField(bytes: Uint8Array, part: OptionPart, value: Uint8Array, again: boolean): DissectedField {
  const { code, at, size, field } = part;
  const own = bytes.subarray(at + PREFIX, at + size);
  const isPart = again || own.length !== value.length;
  const remarks = [
    ...(field === 'options' ? [] : [`in the field ${field}`]),
    ...(isPart ? ['a part of a longer value (RFC 3396)'] : []),
  ];
  const shown = isPart && again ? `${own.length} octets more` : formatValue(OPTIONS[code]?.[1] ?? 'octets', value);
  return {
    name: `dhcp.option.${code}`,
    label: capital(optionName(code)),
    value: shown,
    bit: at * 8,
    bits: size * 8,
    ...(remarks.length === 0 ? {} : { remark: remarks.join(', ') }),
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function hex(value: Uint8Array): string {
  const cut = value.length > MOST_SHOWN ? ` and ${value.length - MOST_SHOWN} octets more` : '';
  return value.length === 0 ? 'nothing' : `0x${toHex(value.subarray(0, MOST_SHOWN))}${cut}`;
}

/** A value by its form; in hexadecimal where it has not the size of its form. */
export function formatValue(form: OptionForm, value: Uint8Array): string {
  return formed(form, value) ?? hex(value);
}

function formed(form: OptionForm, value: Uint8Array): string | undefined {
  switch (form) {
    case 'address': {
      const address = one32(value);
      return address === undefined ? undefined : formatIpv4(address);
    }
    case 'addresses':
      return value.length === 0 || value.length % 4 !== 0 ? undefined : many32(value).map(formatIpv4).join(', ');
    case 'pairs':
      return value.length === 0 || value.length % 8 !== 0 ? undefined : pairs(many32(value));
    case 'number':
    case 'seconds': {
      const number = numberOf(value);
      if (number === undefined) return undefined;
      if (form === 'number') return String(number);
      return number === FOREVER ? 'for ever' : `${number} s`;
    }
    case 'flag':
      return value.length === 1 ? (value[0] === 0 ? 'no' : 'yes') : undefined;
    case 'text':
      return textOf(value.subarray(0, MOST_SHOWN));
    case 'type':
      return value.length === 1 ? (MESSAGE_NAMES[value[0] as number] ?? `type ${value[0]}`) : undefined;
    case 'codes':
      return Array.from(value.subarray(0, MOST_SHOWN), optionName).join(', ');
    case 'overload':
      return value.length === 1 ? ['none', 'file', 'sname', 'file and sname'][value[0] as number] : undefined;
    case 'client':
      return value.length === 7 && value[0] === 1 ? `Ethernet ${colons(value.subarray(1))}` : undefined;
    case 'routes':
      return readRoutes(value)
        ?.map(({ network, prefix, via }) => `${formatIpv4(network)}/${prefix} via ${formatIpv4(via)}`)
        .join(', ');
    case 'names':
      return domainNames(value)?.join(', ');
    case 'empty':
      return value.length === 0 ? '' : undefined;
    case 'octets':
      return undefined;
  }
}

function pairs(addresses: readonly number[]): string {
  const shown: string[] = [];
  for (let at = 0; at + 1 < addresses.length; at += 2) {
    shown.push(`${formatIpv4(addresses[at] as number)} ${formatIpv4(addresses[at + 1] as number)}`);
  }
  return shown.join(', ');
}

function numberOf(value: Uint8Array): number | undefined {
  if (value.length === 1) return value[0];
  if (value.length === 2) return read16(value, 0);
  return one32(value);
}

function colons(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(':');
}

/** Names in DNS encoding, with its pointers (RFC 1035 §4.1.4, RFC 3397 §2); `undefined` where they make no sense. Every step goes backwards or on. */
function domainNames(value: Uint8Array): readonly string[] | undefined {
  const names: string[] = [];
  let at = 0;
  while (at < value.length) {
    const labels: string[] = [];
    let here = at;
    let next = -1;
    for (let steps = 0; ; steps++) {
      const size = value[here];
      if (size === undefined || steps > MOST_SHOWN) return undefined;
      if (size === 0) break;
      if (size >= 0xc0) {
        const to = ((size & 0x3f) << 8) | (value[here + 1] ?? 0xff);
        if (to >= here) return undefined;
        if (next < 0) next = here + 2;
        here = to;
        continue;
      }
      if (size > 63 || here + 1 + size > value.length) return undefined;
      labels.push(textOf(value.subarray(here + 1, here + 1 + size)));
      here += 1 + size;
    }
    names.push(labels.join('.'));
    at = next >= 0 ? next : here + 1;
  }
  return names;
}
