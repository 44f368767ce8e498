import type { Story } from '../../core/index.ts';
import { BEGIN, MESSAGES, QUICK, TASKS } from './transitions.ts';

/** All that IKEv1 tells: the stories of its transitions, and what goes wrong, with what usually cures it. */

const TRANSITIONS: Readonly<Record<string, Story>> = Object.fromEntries(
  [BEGIN, ...MESSAGES, ...QUICK, ...TASKS].map(({ name, story, source }) => [`ikev1.${name}`, { text: story, source }]),
);

export const IKEV1_CODES: Readonly<Record<string, Story>> = {
  ...TRANSITIONS,
  'ikev1.message': { text: '{node} sends {peer} {exchange} {id} [{payloads}], {octets} octets' },
  'ikev1.no-traversal': {
    text: '{node} cannot send to {peer}: they agreed on port {port}, and nothing here traverses NATs any more',
    source: 'RFC 3947 §4',
    cure: 'put the plugin nat-t back on {node}',
  },
  'ikev1.message-again': {
    text: '{node} sends {peer} {exchange} {id} again: nothing came of it',
    source: 'RFC 2408 §5.1',
  },
  'ikev1.established': {
    text: '{node} has ISAKMP SA {spis} with {peer} for {connection}',
    life: { of: 'ISAKMP SA', by: ['spis'], begins: 'key' },
    source: 'RFC 2409 §5',
  },
  'ikev1.closed': {
    text: '{node} has no ISAKMP SA {spis} with {peer} any more: {why}',
    life: { of: 'ISAKMP SA', by: ['spis'], ends: 'same' },
  },
  'ikev1.child-created': {
    text: '{node} and {peer} have {child}: {proposal}, {local} === {remote}',
    source: 'RFC 2409 §5.5',
  },
  'ikev1.first-selectors': {
    text: '{child} has several selectors, and Quick Mode has room for a pair: {local} === {remote}',
    source: 'RFC 2409 §5.5',
    cure: 'write a child for each pair',
  },
  'ikev1.peer-moved': {
    text: '{node} follows its peer from {before} to {after}: an authentic {by} came from there',
    source: 'RFC 3947 §7',
  },
  'ikev1.commit-ignored': {
    text: '{peer} sets the commit bit: the SAs are used as soon as they are there',
    source: 'RFC 2408 §3.1',
  },

  // Negotiation that comes to nothing, as the side tells it that decides.
  'ikev1.no-proposal-chosen': {
    text: '{node} accepts none of the {what} proposals of {peer} for {connection}: {difference}',
    source: 'RFC 2408 §5.5',
    cure: 'give both sides one choice in common: {node} accepts {accepted}',
  },
  'ikev1.bad-public-value': {
    text: '{node} refuses {peer}: its public value is none of {group}',
    source: 'RFC 2409 §6',
  },
  'ikev1.no-connection-here': {
    text: '{node} has no IKEv1 connection that {peer} may use',
    source: 'RFC 4301 §4.4.3',
    cure: 'add a connection of `version: 1` whose `local_addrs` and `remote_addrs` admit the two addresses',
  },
  'ikev1.other-mode': {
    text: '{peer} asks for {mode}, and {connection} of {node} is not for that',
    source: 'RFC 2409 §5',
    cure: 'set `aggressive` alike on both sides',
  },
  'ikev1.no-connection-for': {
    text: '{node} has no connection for {peer} as {identity}',
    source: 'RFC 4301 §4.4.3',
    cure: 'make `remote.id` here what `local.id` is there, and the other way round',
  },
  'ikev1.no-secret': {
    text: '{node} has no secret that {identity} shares with {peer} ({connection})',
    source: 'RFC 2409 §5.4',
    cure: 'in Main Mode the peer’s address finds the secret: name the address in the secret, or a single one in `remote_addrs`; for peers that move use Aggressive Mode or IKEv2',
  },
  'ikev1.authentication-failed': {
    text: '{node} does not believe that {peer} is {identity}: its HASH does not fit the shared secret',
    source: 'RFC 2409 §5',
    cure: 'make the secrets of both sides the same, octet for octet',
  },
  'ikev1.wrong-identity': {
    text: '{peer} says that it is {identity}; {node} wanted {wanted}',
    source: 'RFC 2407 §4.6.2',
    cure: 'make `remote.id` here what `local.id` is there',
  },
  'ikev1.kept': {
    text: '{node} refuses {peer}: {identity} is connected already, and `unique: keep` keeps that',
    source: 'RFC 2407 §4.6.3.3',
  },
  'ikev1.invalid-id': {
    text: '{node} has no child of {connection} for what {peer} asks, {local} === {remote}: {difference}',
    source: 'RFC 2409 §5.5',
    cure: 'proxy IDs must mirror each other: make `local_ts` of each side the `remote_ts` of the other',
  },
  'ikev1.hash-wrong': {
    text: '{node} gives {exchange} with {peer} up: the last HASH of it does not fit',
    source: 'RFC 2409 §5.5',
  },

  // The same, as it looks from the other side.
  'ikev1.peer-chose-no-proposal': {
    text: '{peer} accepts none of the {what} proposals of {node} for {connection}: {offered}',
    source: 'RFC 2408 §5.5',
    cure: 'ask the peer which transforms it accepts: its log tells which attribute differs',
  },
  'ikev1.peer-refused-ids': {
    text: '{peer} has nothing that mirrors the proxy IDs of {child}: {local} === {remote}',
    source: 'RFC 2409 §5.5',
    cure: 'make `local_ts` of each side the `remote_ts` of the other',
  },
  'ikev1.peer-refused': { text: '{peer} refuses {node} ({connection}): {error}', source: 'RFC 2408 §3.14.1' },
  'ikev1.bad-answer': {
    text: '{node} cannot take the answer of {peer} ({connection}): {why}',
    source: 'RFC 2408 §5.4',
  },
  'ikev1.cannot-begin': { text: '{node} cannot begin {connection}: {why}' },
  'ikev1.cannot-say': {
    text: '{node} cannot begin {connection}: {why}',
    source: 'RFC 2409 App. A, RFC 2407 §4.4',
    cure: 'add to `{setting}` what both versions can say, such as {example}; or use `version: 2`',
  },
  'ikev1.no-answer': {
    text: '{peer} does not answer {node} ({connection}), though it was asked {tries} times more',
    source: 'RFC 2408 §5.1',
    cure: 'is the peer there, is there a route both ways, and does nothing on the way stop UDP port 500?',
  },
  'ikev1.no-answer-to-proof': {
    text: '{peer} does not answer the first encrypted message of {node} ({connection}), though it was sent {tries} times more',
    source: 'RFC 2409 §5.4',
    cure: 'the pre-shared keys of the two sides differ, so that neither can read the other; or port 4500 is stopped on the way',
  },
  'ikev1.deleted-by-peer': { text: '{peer} deleted {connection}', source: 'RFC 2408 §5.15' },
  'ikev1.half-open-over': {
    text: '{node} forgets the half-open ISAKMP SA of {peer}, who did not go on',
    source: 'RFC 2408 §5.1',
  },
  'ikev1.peer-dead': {
    text: '{node} takes {peer} for dead ({connection}): {tries} R-U-THERE in {seconds} s without an answer',
    source: 'RFC 3706 §5.5',
    cure: 'what follows is `dpd_action`: clear, trap or restart',
  },
  'ikev1.dpd-sequence': {
    text: '{node} passes over a sign of life of {peer}: its number is {sequence}, not {expected}',
    source: 'RFC 3706 §7',
  },
  'ikev1.too-much-to-do': { text: '{node} has {limit} things to do with {peer} already, and takes no more' },

  // Messages that are dropped.
  'ikev1.malformed': { text: '{node} dropped an IKEv1 message: {fault}', source: 'RFC 2408 §3' },
  'ikev1.not-possible': {
    text: '{node} dropped a message of {peer} whose flags, message ID and cookies no {exchange} has',
    source: 'RFC 2408 §5.2',
  },
  'ikev1.incomplete': { text: '{node} dropped {exchange} of {peer}: it has no {missing}', source: 'RFC 2409 §5' },
  'ikev1.unexpected': { text: '{node} dropped {exchange} of {peer}: this is not its time' },
  'ikev1.too-early': {
    text: '{node} dropped {exchange} of {peer}, encrypted before both sides have proved who they are',
    source: 'RFC 2409 §5.7',
    cure: 'often the peer’s complaint that it cannot read what this side sent: compare the pre-shared keys',
  },
  'ikev1.repeated': {
    text: '{node} dropped {exchange} of {peer}: its message ID was used already',
    source: 'RFC 2409 §5.5',
  },
  'ikev1.no-such-sa': {
    text: '{node} dropped {exchange} of {peer}: it has no ISAKMP SA {spis}',
    source: 'RFC 2408 §5.2',
    cure: 'one side has forgotten the ISAKMP SA: dead peer detection (`dpd_delay`) notices it',
  },
  'ikev1.not-protected': {
    text: '{node} dropped {exchange} of {peer}: it is in the clear, and there are keys',
    source: 'RFC 2409 §5.7',
  },
  'ikev1.undecryptable': {
    text: '{node} cannot read {exchange} of {peer}: decrypted, {fault}',
    source: 'RFC 2409 §5.4',
    cure: 'the pre-shared keys of the two sides differ: make them the same, octet for octet',
  },
  'ikev1.not-authentic': {
    text: '{node} dropped {exchange} of {peer}: its HASH is wrong, or it cannot be read',
    source: 'RFC 2409 §5.7',
    cure: 'it was changed on the way, or it is not from the peer',
  },
  'ikev1.too-many-half-open': {
    text: '{node} dropped the first message of {peer}: it has {halfOpen} half-open ISAKMP SAs, {ofPeer} of that address',
    source: 'RFC 2408 §2.5.3',
    cure: 'raise `block_threshold` or `init_limit_half_open`; IKEv1 has no cookie that costs a responder nothing',
  },
};
