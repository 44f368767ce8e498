import type { Story } from '../../core/index.ts';
import { BEGIN, MESSAGES, TASKS } from './transitions.ts';

/** All that IKEv2 tells: the stories of its transitions, and what goes wrong, with what usually cures it. */

const TRANSITIONS: Readonly<Record<string, Story>> = Object.fromEntries(
  [BEGIN, ...MESSAGES, ...TASKS].map(({ name, story, source }) => [`ikev2.${name}`, { text: story, source }]),
);

export const IKEV2_CODES: Readonly<Record<string, Story>> = {
  ...TRANSITIONS,
  'ikev2.message': { text: '{node} sends {peer} {exchange} {kind} {id} [{payloads}], {octets} octets' },
  'ikev2.no-traversal': {
    text: '{node} cannot send to {peer}: they agreed on port {port}, and nothing here traverses NATs any more',
    source: 'RFC 7296 §2.23',
    cure: 'put the plugin nat-t back on {node}',
  },
  'ikev2.fragment': {
    text: '{node} sends {peer} fragment {number} of {total} of {exchange} {kind} {id} [{payloads}], {octets} octets',
    source: 'RFC 7383 §2.5',
  },
  'ikev2.fragment-again': {
    text: '{node} sends {peer} fragment {number} of {total} of {exchange} {kind} {id} again: no answer came',
    source: 'RFC 7383 §2.6.1',
  },
  'ikev2.fragment-kept': {
    text: '{node} keeps fragment {number} of {total} of {exchange} {kind} {id} of {peer}: {missing} to come',
    source: 'RFC 7383 §2.6',
  },
  'ikev2.reassembled': {
    text: '{node} has put {exchange} {kind} {id} of {peer} together from {total} fragments: {octets} octets of payloads',
    source: 'RFC 7383 §2.6',
  },
  'ikev2.fragments-anew': {
    text: '{node} gives up {before} fragments of {exchange} {kind} {id} of {peer}, which cut the message anew, into {total}',
    source: 'RFC 7383 §2.6',
  },
  'ikev2.fragments-over': {
    text: '{node} gives up {exchange} {kind} {id} of {peer}: {have} of {total} fragments came, and not {missing}',
    source: 'RFC 7383 §2.6',
    cure: 'something on the way drops them: a smaller `fragment_size` at the peer may pass',
  },
  'ikev2.long-message': {
    text: '{node} sends {peer} {exchange} {kind} {id} as one datagram of {octets} octets, which IP has to cut where the way carries less: fragments of IKE were not agreed on',
    source: 'RFC 7383 §1',
    cure: 'set `fragmentation: yes` on both sides',
  },
  'ikev2.long-message-lost': {
    text: '{node} had no answer of {peer} to {exchange}, one datagram of {octets} octets: where IP cut it, ways that drop fragments of IP let none of it arrive',
    source: 'RFC 7383 §1',
    cure: 'set `fragmentation: yes` on both sides: IKE then sends datagrams that need no cutting',
  },
  'ikev2.message-again': {
    text: '{node} sends {peer} {exchange} {kind} {id} again: no answer came',
    source: 'RFC 7296 §2.1',
  },
  'ikev2.established': {
    text: '{node} has IKE SA {spis} with {peer} for {connection}',
    life: { of: 'IKE SA', by: ['spis'], begins: 'key' },
    source: 'RFC 7296 §1.2',
  },
  'ikev2.closed': {
    text: '{node} has no IKE SA {spis} with {peer} any more: {why}',
    life: { of: 'IKE SA', by: ['spis'], ends: 'same' },
  },
  'ikev2.child-created': {
    text: '{node} and {peer} have {child}: {proposal}, {local} === {remote}',
    source: 'RFC 7296 §2.17',
  },
  'ikev2.child-narrowed': {
    text: '{node} and {peer} have {child}, narrowed to what both sides admit: {proposal}, {local} === {remote}',
    source: 'RFC 7296 §2.9',
  },
  'ikev2.transport-declined': {
    text: '{peer} declines transport mode for {child}: it is a tunnel',
    source: 'RFC 7296 §1.3.1',
    cure: 'set `mode: transport` on both sides',
  },

  // Negotiation that comes to nothing, as the side tells it that decides.
  'ikev2.no-proposal-chosen': {
    text: '{node} accepts none of the {what} proposals of {peer} for {connection}: {difference}',
    source: 'RFC 7296 §2.7',
    cure: 'give both sides one transform of each type in common: here {accepted}, there {offered}',
  },
  'ikev2.invalid-ke': {
    text: '{node} chose {wanted}, and {peer} sent a public value of {sent}: it is asked to send one of {wanted}',
    source: 'RFC 7296 §1.2',
    cure: 'name the same key exchange first on both sides, and the retry is spared',
  },
  'ikev2.bad-public-value': {
    text: '{node} refuses {peer}: its public value is none of {method}',
    source: 'RFC 6989 §2',
  },
  'ikev2.no-connection-here': {
    text: '{node} has no connection that {peer} may use',
    source: 'RFC 7296 §2.7',
    cure: 'add a connection whose `local_addrs` and `remote_addrs` admit the two addresses',
  },
  'ikev2.no-connection-for': {
    text: '{node} has no connection for {peer} as {identity}, who asks for {asked}',
    source: 'RFC 4301 §4.4.3',
    cure: 'make `remote.id` here what `local.id` is there, and the other way round',
  },
  'ikev2.no-secret': {
    text: '{node} has no secret that {identity} shares with {peer} ({connection})',
    source: 'RFC 7296 §2.15',
    cure: 'add one under `secrets` whose `id` names the peer, or none',
  },
  'ikev2.authentication-failed': {
    text: '{node} does not believe that {peer} is {identity}: its AUTH does not fit the shared secret of {connection}',
    source: 'RFC 7296 §2.15',
    cure: 'make the secrets of both sides the same, octet for octet',
  },
  'ikev2.auth-method': {
    text: '{peer} wants to prove to be {identity} by {method}; {connection} of {node} wants a pre-shared key',
    source: 'RFC 7296 §3.8',
    cure: 'set `auth: psk` on both sides',
  },
  'ikev2.wrong-identity': {
    text: '{peer} says that it is {identity}; {node} wanted {wanted}',
    source: 'RFC 7296 §2.15',
    cure: 'make `remote.id` here what `local.id` is there',
  },
  'ikev2.kept': {
    text: '{node} refuses {peer}: {identity} is connected already, and `unique: keep` keeps that',
    source: 'RFC 7296 §2.4',
  },
  'ikev2.ts-unacceptable': {
    text: '{node} has no child of {connection} for what {peer} asks, {local} === {remote}: {difference}',
    source: 'RFC 7296 §2.9',
    cure: '`local_ts` of each side and `remote_ts` of the other must overlap',
  },
  'ikev2.rekeyed-at-once': {
    text: '{node} and {peer} rekeyed {child} at the same time: {node} gives up its own new SA, whose nonce is the lowest',
    source: 'RFC 7296 §2.8.1',
  },
  'ikev2.busy': {
    text: '{node} asks {peer} to come back later: it is busy with the keys of {connection}',
    source: 'RFC 7296 §2.25',
  },
  'ikev2.child-not-found': {
    text: '{peer} wants new keys for a Child SA that {node} does not have',
    source: 'RFC 7296 §2.25',
  },

  // The same, as it looks from the other side.
  'ikev2.peer-chose-no-proposal': {
    text: '{peer} accepts none of the {what} proposals of {node} for {connection}: {offered}',
    source: 'RFC 7296 §2.7',
    cure: 'ask the peer which transforms it accepts: its log tells which type differs',
  },
  'ikev2.peer-rejected-authentication': {
    text: '{peer} does not believe that {node} is {identity} ({connection}): {error}',
    source: 'RFC 7296 §2.21.2',
    cure: 'the secrets or the identities of the two sides differ: the peer’s log tells which',
  },
  'ikev2.peer-ts-unacceptable': {
    text: '{peer} has nothing for the selectors of {child}: {local} === {remote}',
    source: 'RFC 7296 §2.9',
    cure: '`local_ts` of each side and `remote_ts` of the other must overlap',
  },
  'ikev2.peer-moved': {
    text: '{node}: the peer at {before} is now at {after}, as an authentic {by} shows: all that goes to it goes there',
    source: 'RFC 7296 §2.23',
  },
  'ikev2.peer-refused': { text: '{peer} refuses {node} ({connection}): {error}', source: 'RFC 7296 §3.10.1' },
  'ikev2.unusable-method': {
    text: '{peer} wants a key exchange that {node} did not offer for {connection}',
    source: 'RFC 7296 §1.2',
    cure: 'add the key exchange that the peer wants to `proposals`',
  },
  'ikev2.bad-answer': {
    text: '{node} cannot take the answer of {peer} ({connection}): {why}',
    source: 'RFC 7296 §2.7',
  },
  'ikev2.cannot-begin': { text: '{node} cannot begin {connection}: {why}' },
  'ikev2.no-answer': {
    text: '{peer} does not answer {node} ({connection}), though it was asked {tries} times more',
    source: 'RFC 7296 §2.4',
    cure: 'is the peer there, is there a route both ways, and does nothing on the way stop UDP port 500?',
  },
  'ikev2.deleted-by-peer': { text: '{peer} deleted {connection}', source: 'RFC 7296 §1.4.1' },
  'ikev2.half-open-over': {
    text: '{node} forgets the half-open IKE SA of {peer}, who did not go on',
    source: 'RFC 7296 §2.4',
  },
  'ikev2.cookie-asked': {
    text: '{node} has {halfOpen} half-open IKE SAs: {peer} gets a cookie and nothing else',
    source: 'RFC 7296 §2.6',
  },
  'ikev2.too-much-to-do': { text: '{node} has {limit} things to do with {peer} already, and takes no more' },

  // Messages that are dropped.
  'ikev2.malformed': { text: '{node} dropped an IKEv2 message: {fault}', source: 'RFC 7296 §3' },
  'ikev2.version': {
    text: '{node} dropped a message of IKE version {version}: it speaks version 2',
    source: 'RFC 7296 §2.5',
  },
  'ikev2.not-possible': {
    text: '{node} dropped a message of {peer} whose flags, message ID and SPIs no {exchange} has',
    source: 'RFC 7296 §2.2',
  },
  'ikev2.critical-payload': {
    text: '{node} dropped a message of {peer} with a critical payload of type {type}, which it does not understand',
    source: 'RFC 7296 §2.5',
  },
  'ikev2.incomplete': { text: '{node} dropped {exchange} of {peer}: it has no {missing}', source: 'RFC 7296 App. C' },
  'ikev2.unexpected': { text: '{node} dropped {exchange} {kind} of {peer}: this is not its time' },
  'ikev2.no-such-sa': {
    text: '{node} dropped {exchange} of {peer}: it has no IKE SA {spis}',
    source: 'RFC 7296 §2.21.4',
    cure: 'one side has forgotten the IKE SA: liveness checks (`dpd_delay`) notice it',
  },
  'ikev2.not-protected': { text: '{node} dropped {exchange} of {peer}: {fault}', source: 'RFC 7296 §1' },
  // Fragments of messages.
  'ikev2.fragment-number': {
    text: '{node} dropped a fragment of {exchange} {kind} {id} of {peer}: there is no fragment {number} of {total}',
    source: 'RFC 7383 §2.6',
  },
  'ikev2.fragments-too-many': {
    text: '{node} dropped a fragment of {exchange} {kind} {id} of {peer}: it is one of {total}, and {limit} are the most that are put together',
    source: 'RFC 7383 §2.6',
  },
  'ikev2.fragment-exchange': {
    text: '{node} dropped fragment {number} of {total} of {exchange} {kind} {id} of {peer}: the others are of {expected}',
    source: 'RFC 7383 §2.5',
  },
  'ikev2.fragment-old': {
    text: '{node} dropped fragment {number} of {total} of {exchange} {kind} {id} of {peer}: the message was cut into {present} since',
    source: 'RFC 7383 §2.6',
  },
  'ikev2.fragment-there': {
    text: '{node} dropped fragment {number} of {total} of {exchange} {kind} {id} of {peer}: it is there already',
    source: 'RFC 7383 §2.6',
  },
  'ikev2.fragment-answered': {
    text: '{node} dropped fragment {number} of {total} of {exchange} {kind} {id} of {peer}: the request is answered, and the first fragment alone has the answer sent again',
    source: 'RFC 7383 §2.6.1',
  },
  'ikev2.fragments-too-long': {
    text: '{node} dropped fragment {number} of {total} of {exchange} {kind} {id} of {peer} and those before it: together they have more than {limit} octets',
    source: 'RFC 7383 §2.6',
    cure: 'raise `max_packet` of ikev2 on {node}, or have the peer say less',
  },
  'ikev2.not-authentic': {
    text: '{node} dropped {exchange} of {peer}: its integrity checksum is wrong',
    source: 'RFC 7296 §3.14',
    cure: 'it was changed on the way, or it is not from the peer',
  },
  'ikev2.message-id': {
    text: '{node} dropped {exchange} {kind} {id} of {peer}: {expected} is due',
    source: 'RFC 7296 §2.3',
  },
  'ikev2.too-many-half-open': {
    text: '{node} dropped the first message of {peer}: it has {halfOpen} half-open IKE SAs',
    source: 'RFC 7296 §2.6',
    cure: 'raise `init_limit_half_open`, or lower `cookie_threshold` so that addresses must be real',
  },
};
