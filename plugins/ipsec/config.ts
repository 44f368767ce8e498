import { z } from 'zod';
import { booleanSetting, durationSetting, HOUR, listSetting, nameSetting, sizeSetting } from '../../core/index.ts';
import { type Ipv4Address, readIpv4 } from '../ipv4/contract.ts';
import { childrenWrong, configuredBy, manualWrong } from './configured.ts';
import { type Identity, parseIdentity } from './identity.ts';
import { type ProposalReading, parseProposals } from './keywords.ts';
import { parseKey, parseSecret } from './octets-text.ts';
import { type Proposal, SECURITY_PROTOCOL, type SecurityProtocol } from './proposal.ts';
import { parseSelector, type SelectorPattern } from './selector-text.ts';
import { LAST_ADDRESS } from './selectors.ts';
import type { IpsecConfig } from './state.ts';

/** Settings of the plugin: keys, values and units of swanctl.conf, as far as they are honoured. */

type Reading<T> = { readonly value: T } | { readonly wrong: string; readonly suggestion?: string };

/** A text that `read` understands. */
function written<T>(title: string, example: string, read: (text: string) => Reading<T>): z.ZodType<T, string> {
  return z
    .string()
    .transform((text, context): T => {
      const reading = read(text.trim());
      if ('value' in reading) return reading.value;
      const { wrong: message, suggestion } = reading;
      context.issues.push({ code: 'custom', message, input: text, params: { suggestion } });
      return z.NEVER;
    })
    .meta({ title, examples: [example] });
}

/** A list, or as in swanctl.conf one text with commas. Yields one text an item. */
const words = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (typeof value === 'string' ? value.split(',') : value).map((word) => word.trim()));

function list<T>(
  title: string,
  example: string,
  read: (text: string) => Reading<T>,
): z.ZodType<T[], string | string[]> {
  return words
    .transform((texts, context): T[] => {
      const values: T[] = [];
      for (const [at, text] of texts.entries()) {
        const reading = read(text);
        if ('value' in reading) {
          values.push(reading.value);
          continue;
        }
        const { wrong: message, suggestion } = reading;
        const path = texts.length > 1 ? [at] : [];
        context.issues.push({ code: 'custom', message, input: text, path, params: { suggestion } });
      }
      return values;
    })
    .meta({ title, examples: [example] });
}

const address = written<Ipv4Address>('IPv4 address', '203.0.113.1', readIpv4);

const selectors = list<SelectorPattern>('traffic selector', '10.1.0.0/24', (text) => {
  const reading = parseSelector(text);
  return 'wrong' in reading ? reading : { value: reading.pattern };
});

const ranges = list('address, prefix or range', '203.0.113.10', (text) => {
  if (text === '%any') return { value: { start: 0, end: LAST_ADDRESS } };
  const reading = parseSelector(text);
  if ('wrong' in reading || reading.pattern.dynamic || text.includes('[')) {
    return { wrong: `${text} is no IPv4 address, prefix or range, nor %any` };
  }
  const { start, end } = reading.pattern.selector;
  return { value: { start, end } };
});

const identity = written<Identity>('identity', 'vpn.example.jp', (text) => {
  const reading = parseIdentity(text);
  return 'wrong' in reading ? reading : { value: reading.identity };
});

function proposals(protocol: SecurityProtocol, example: string) {
  return words
    .transform((texts, context): readonly Proposal[] => {
      const reading: ProposalReading = parseProposals(texts, protocol);
      if ('proposals' in reading) return reading.proposals;
      const { wrong: message, suggestion } = reading;
      context.issues.push({ code: 'custom', message, input: texts.join(', '), params: { suggestion } });
      return z.NEVER;
    })
    .meta({ title: 'proposal', examples: [example] });
}

const action = z.enum(['none', 'start', 'trap']);
const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

const replayWindow = z
  .int()
  .min(0)
  .max(4096)
  .default(32)
  .describe('Packets of the anti-replay window, rounded up to a multiple of 32; 0: replays are not noticed');
const priority = z
  .int()
  .min(0)
  .max(999_999)
  .default(0)
  .describe('Place of the policy in the SPD, lower first; 0: by how narrow its selectors are');
const copyDf = booleanSetting().default(true).describe("Copy Don't Fragment to the outer header of a tunnel");

const child = z.strictObject({
  local_ts: selectors
    .prefault('dynamic')
    .describe("Local traffic: `10.1.0.0/24`, `dynamic` (this side's address), each with `[protocol/port]`"),
  remote_ts: selectors.prefault('dynamic').describe('Remote traffic, written as `local_ts`'),
  esp_proposals: proposals(SECURITY_PROTOCOL.esp, 'aes256gcm16')
    .optional()
    .describe('ESP proposals in keywords: `aes256-sha256`, `aes256gcm16-x25519`, `default`'),
  ah_proposals: proposals(SECURITY_PROTOCOL.ah, 'sha256')
    .optional()
    .describe(
      'AH proposals in keywords: `sha256`. Together with esp_proposals: AH around ESP, by a second Child SA `<name>-ah`',
    ),
  mode: z
    .enum(['tunnel', 'transport', 'pass', 'drop'])
    .default('tunnel')
    .describe('`tunnel` or `transport` mode; `pass` lets the traffic go in clear, `drop` discards it'),
  start_action: action
    .default('none')
    .describe('`start` negotiates at once, `trap` when traffic asks for it, `none` waits for the peer'),
  close_action: action.default('none').describe('What follows when the peer deletes the Child SA'),
  dpd_action: z
    .enum(['clear', 'trap', 'start', 'restart'])
    .default('clear')
    .describe('What follows when the peer is found dead: `clear`, `trap` or `start` (also called restart)'),
  rekey_time: durationSetting().default(HOUR).describe('A new Child SA is made after so long; 0: never'),
  life_time: durationSetting().optional().describe('The Child SA ends after so long; default: rekey_time and a tenth'),
  rand_time: durationSetting()
    .optional()
    .describe('Rekeying comes earlier by up to so much; default: life_time less rekey_time'),
  rekey_bytes: sizeSetting().default(0).describe('A new Child SA is made after so many octets; 0: never'),
  life_bytes: sizeSetting().optional().describe('The Child SA ends after so many octets; default as life_time'),
  rand_bytes: sizeSetting().optional().describe('Rekeying comes earlier by up to so many octets'),
  rekey_packets: count.default(0).describe('A new Child SA is made after so many packets; 0: never'),
  life_packets: count.optional().describe('The Child SA ends after so many packets; default as life_time'),
  rand_packets: count.optional().describe('Rekeying comes earlier by up to so many packets'),
  replay_window: replayWindow,
  policies: booleanSetting().default(true).describe('Install policies with the SA'),
  priority,
  copy_df: copyDf,
});

const side = z.strictObject({
  auth: z.enum(['psk']).default('psk').describe('How this side proves who it is: `psk`, a pre-shared key'),
  id: identity.optional().describe('Who it is: `vpn.example.jp`, `taro@example.jp`, an address, `%any`'),
});

const connection = z.strictObject({
  version: z
    .union([z.literal(0), z.literal(1), z.literal(2)])
    .default(0)
    .describe('IKE version; 0: either, and 2 where this side begins'),
  aggressive: booleanSetting()
    .default(false)
    .describe('IKEv1: Aggressive Mode in place of Main Mode: half the messages, and identities that anybody can read'),
  local_addrs: ranges.prefault([]).describe('Own addresses; default: the one that the route to the peer gives'),
  remote_addrs: ranges
    .meta({ aka: ['right', 'remote_address', 'remote_ip', 'peer', 'gateway'] })
    .prefault([])
    .describe("The peer's addresses, prefixes or ranges; %any or nothing: it may be anywhere"),
  local: side.prefault({}).describe('Authentication of this side'),
  remote: side.prefault({}).describe('Authentication of the peer'),
  proposals: proposals(SECURITY_PROTOCOL.ike, 'aes256-sha256-modp2048')
    .meta({ aka: ['ike', 'ike_proposals', 'phase1alg'] })
    .prefault('default')
    .describe('IKE proposals in keywords: `aes256-sha256-modp2048`, `aes256gcm16-prfsha256-x25519`, `default`'),
  encap: booleanSetting()
    .default(false)
    .describe('ESP goes in UDP even where no NAT is detected: a wrong hash feigns one (with the plugin nat-t)'),
  fragmentation: z
    .union([z.enum(['yes', 'accept', 'force', 'no']), z.boolean().transform((said) => (said ? 'yes' : 'no'))])
    .default('yes')
    .describe(
      'IKEv2 messages that are too long go in fragments of their own: `yes` where the peer can, `accept` receives them and sends none, `no` does not offer it; `force` is `yes`',
    ),
  dpd_delay: durationSetting()
    .default(0)
    .describe('Check that the peer lives after so long without a packet of it; 0: never'),
  dpd_timeout: durationSetting()
    .default(0)
    .describe(
      'IKEv1: a peer that has not answered for so long is dead; 0: when it was asked as often as requests are sent again',
    ),
  rekey_time: durationSetting()
    .default(4 * HOUR)
    .describe('The IKE SA is rekeyed after so long; 0: never'),
  reauth_time: durationSetting()
    .default(0)
    .describe('The IKE SA is made anew after so long, with authentication; 0: never'),
  over_time: durationSetting()
    .optional()
    .describe('So long after its rekeying was due the IKE SA ends; default: a tenth'),
  rand_time: durationSetting().optional().describe('Rekeying comes earlier by up to so much; default: over_time'),
  keyingtries: count.default(1).describe('How often a new IKE SA is tried; 0: for ever'),
  unique: z
    .enum(['never', 'no', 'keep', 'replace'])
    .default('no')
    .describe('What becomes of an older IKE SA with the same identities'),
  children: z
    .record(nameSetting(), child)
    .meta({ aka: ['childs', 'child', 'tunnels', 'tunnel'] })
    .default({})
    .superRefine((children, context) => {
      for (const { path, message } of childrenWrong(children)) {
        context.addIssue({ code: 'custom', message, path: [...path] });
      }
    })
    .describe('The Child SAs to be, by name'),
});

const secretText = written('secret', 'correct horse battery', (text) => {
  if (text === '') return { wrong: 'the secret is empty' };
  const reading = parseSecret(text);
  return 'wrong' in reading ? reading : { value: reading.octets };
});

const secret = z.strictObject({
  id: listSetting(identity)
    .default([])
    .describe('Whose secret it is: one identity or several; none: it fits everybody'),
  secret: secretText
    .meta({ aka: ['psk', 'key', 'password', 'value'] })
    .describe('The secret as text, or in hexadecimal behind 0x, or in base64 behind 0s'),
});

const keyText = written('key', '"0x00112233445566778899aabbccddeeff"', (text) => {
  const reading = parseKey(text);
  return 'wrong' in reading ? reading : { value: reading.octets };
});

const spi = z
  .union([z.int(), written<number>('SPI', '0x1001', (text) => ({ value: Number(text) }))])
  .refine((value) => Number.isInteger(value) && value >= 256 && value <= 0xffffffff, {
    message: 'an SPI is from 256 (0x100) to 0xffffffff (RFC 4303 §2.1)',
  });

const manualSa = z.strictObject({
  spi: spi.describe('Security parameters index: 0x1001'),
  encryption_key: keyText
    .optional()
    .describe('Key in quotes, behind 0x or 0s; of combined encryption with its salt at the end'),
  integrity_key: keyText.optional().describe('Key in quotes, behind 0x or 0s'),
  sequence: count
    .default(0)
    .describe('Number of the last packet before the first one, to see what happens at the end of the numbers'),
});

const manual = z
  .strictObject({
    mode: z.enum(['tunnel', 'transport']).default('tunnel').describe('`tunnel` or `transport` mode'),
    local: address.describe('This end of the SAs'),
    remote: address.describe('The other end'),
    local_ts: selectors.prefault('dynamic').describe('Local traffic'),
    remote_ts: selectors.prefault('dynamic').describe('Remote traffic'),
    esp_proposal: proposals(SECURITY_PROTOCOL.esp, 'aes256-sha256')
      .optional()
      .describe('Transforms of ESP: `aes256-sha256`'),
    ah_proposal: proposals(SECURITY_PROTOCOL.ah, 'sha256').optional().describe('Transform of AH: `sha256`'),
    in: manualSa.describe('The SA that this node receives on'),
    out: manualSa.describe('The SA that this node sends by'),
    replay_window: replayWindow,
    life_time: durationSetting().default(0).describe('The SAs end after so long; 0: never'),
    life_bytes: sizeSetting().default(0).describe('The SAs end after so many octets; 0: never'),
    life_packets: count.default(0).describe('The SAs end after so many packets; 0: never'),
    priority,
    copy_df: copyDf,
  })
  .superRefine((settings, context) => {
    for (const { path, message } of manualWrong(settings))
      context.addIssue({ code: 'custom', message, path: [...path] });
  });

const policy = z.strictObject({
  name: nameSetting().optional().describe('What tables call it'),
  action: z
    .enum(['protect', 'bypass', 'discard'])
    .describe('`bypass` lets pass in clear, `discard` drops, `protect` takes nothing in clear'),
  direction: z.enum(['in', 'out', 'both']).default('both').describe('Which way it holds'),
  local_ts: selectors.prefault('0.0.0.0/0').describe('Local traffic; `dynamic` is not for policies'),
  remote_ts: selectors.prefault('0.0.0.0/0').describe('Remote traffic'),
  priority,
});

export const ipsecConfig: z.ZodType<IpsecConfig, object> = z
  .strictObject({
    connections: z.record(nameSetting(), connection).default({}).describe('Connections by name, as in swanctl.conf'),
    secrets: z
      .record(z.string().regex(/^ike(-.+)?$/, 'shared secrets of IKE are called ike-<name>'), secret)
      .default({})
      .describe('Shared secrets: `ike-<name>: { id: [...], secret: ... }`'),
    manual: z
      .record(nameSetting(), manual)
      .default({})
      .describe('Pairs of SAs with keys of the configuration, by name'),
    policies: z
      .array(policy)
      .max(1024)
      .default([])
      .describe('Policies that stand by themselves, in the order in which they are asked, before those of children'),
    otherwise: z
      .enum(['bypass', 'discard'])
      .default('bypass')
      .describe('What becomes of packets that no policy names: RFC 4301 discards, implementations let pass'),
  })
  .describe('IPsec: connections, secrets, policies and associations')
  .transform(configuredBy);

/** `{ initiate: office/lan }`. */
const target = z
  .string()
  .transform((text) => {
    const slash = text.indexOf('/');
    if (slash < 0) return { connection: text, child: undefined };
    return { connection: text.slice(0, slash), child: text.slice(slash + 1) };
  })
  .meta({ title: 'connection or connection/child', examples: ['office/lan'] });

export const initiateAction = z.strictObject({
  initiate: target.describe('The connection, with all children that start by themselves, or one child of it'),
});
export type InitiateAction = z.output<typeof initiateAction>;

export const terminateAction = z.strictObject({
  terminate: target.describe('The connection with its IKE SA, or one child of it'),
});
export type TerminateAction = z.output<typeof terminateAction>;

const tally = z
  .union([
    count.transform((value) => ({ at_least: value, at_most: value })),
    z.strictObject({
      at_least: count.default(0).describe('So many or more'),
      at_most: count.default(Number.MAX_SAFE_INTEGER).describe('So many or fewer'),
    }),
  ])
  .meta({ title: 'number, or bounds', examples: ['3', '{ at_least: 1 }'] });
export type Tally = z.output<typeof tally>;

const nodeName = z.string().meta({ title: 'node' });

export const childExpectation = z.strictObject({
  node: nodeName.describe('The node whose associations are looked at'),
  child: z.string().describe('`connection/child`, or the name of a pair of manual SAs'),
  state: z
    .enum(['installed', 'none'])
    .default('installed')
    .describe('`installed`: there is such an SA; `none`: there is none'),
  by: durationSetting().optional().describe('At this instant; left out: at the end'),
  local_ts: selectors.optional().describe('The local traffic selectors that were agreed'),
  remote_ts: selectors.optional().describe('The remote traffic selectors that were agreed'),
  proposal: z.string().optional().describe('The transforms that were agreed, in keywords: `aes256gcm16`'),
});
export type ChildExpectation = z.output<typeof childExpectation>;

export const cleartextExpectation = z.strictObject({
  link: z.string().meta({ title: 'link' }).describe('The link whose frames are looked through'),
  never: z.literal('cleartext').describe('`cleartext`: no packet to or from the inner networks can be read there'),
  inner: ranges.describe('Networks whose packets must not be seen: 10.1.0.0/24'),
});
export type CleartextExpectation = z.output<typeof cleartextExpectation>;

export const ipsecExpectation = z.strictObject({
  node: nodeName.describe('The node whose monitor is read'),
  ipsec: z
    .strictObject({
      sealed: tally.optional().describe('Packets that it protected'),
      opened: tally.optional().describe('Packets that it opened'),
      refused: tally
        .optional()
        .describe('Packets that it refused: wrong ICV, replayed, in clear, outside the selectors'),
      installed: tally.optional().describe('Child SAs installed since the start'),
      removed: tally.optional().describe('Child SAs removed since the start'),
    })
    .describe('What its monitor counts at the end'),
});
export type IpsecExpectation = z.output<typeof ipsecExpectation>;

export const droppedExpectation = z.strictObject({
  node: nodeName.optional().describe('Where; left out: anywhere'),
  dropped: z.string().describe('The code of the drop: `ipsec.clear-text-refused`, `core.link-lost`'),
  count: tally.prefault({ at_least: 1 }).describe('How often; left out: at least once'),
});
export type DroppedExpectation = z.output<typeof droppedExpectation>;

export const notedExpectation = z.strictObject({
  node: nodeName.optional().describe('Where; left out: anywhere'),
  noted: z.string().describe('The code of the story: `ipsec.sa-installed`'),
  saying: z.string().optional().describe('A text that stands in one of its values'),
  count: tally.prefault({ at_least: 1 }).describe('How often; left out: at least once'),
});
export type NotedExpectation = z.output<typeof notedExpectation>;
