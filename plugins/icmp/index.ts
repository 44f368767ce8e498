import { definePlugin } from '../../core/index.ts';
import { icmpCodec } from './codec.ts';
import { type IcmpConfig, icmpConfig } from './config.ts';
import type { IcmpCalls } from './contract.ts';
import { receive } from './receive.ts';
import { sendEcho, sendError } from './send.ts';
import { createState, type IcmpState } from './state.ts';

export const icmp = definePlugin<IcmpState, IcmpConfig>({
  name: 'icmp',
  title: 'ICMP',
  about: 'Answers echoes, tells senders what went wrong with their packets, and hears what others tell.',
  sources: ['RFC 792', 'RFC 1122 §3.2.2', 'RFC 1191 §4', 'RFC 1812 §4.3'],
  requires: ['ipv4'],
  extends: ['ethernet'],
  config: icmpConfig,
  protocol: {
    create: createState,
    receive,
    calls: (state, ctx): IcmpCalls => ({
      sendError: (error, packet) => sendError(state, error, packet, ctx),
      sendEcho: (packet, echo) => sendEcho(packet, echo, ctx),
    }),
  },
  binds: [{ below: 'ipv4', key: 1 }],
  codecs: [icmpCodec],
  codes: {
    'icmp.error-sent': { text: '{node} tells {to}: {reason}', source: 'RFC 792' },
    'icmp.error-received': {
      text: '{node} hears from {from} about its {protocol} packet to {destination}: {reason}',
      source: 'RFC 1122 §3.2.2',
    },
    'icmp.rate-limited': {
      text: '{node} sends no more ICMP errors at this moment: {rate} a second are its limit',
      source: 'RFC 1812 §4.3.2.8',
    },
    'icmp.malformed': { text: '{node} dropped an ICMP message of {from}: {message}', source: 'RFC 792' },
    'icmp.bad-checksum': { text: '{node} dropped an ICMP message of {from}: its checksum is wrong', source: 'RFC 792' },
    'icmp.ignored': { text: '{node} ignores a {type} of {from}', source: 'RFC 6633 §4' },
    'icmp.unasked': {
      text: '{node} dropped a message of {from}, type {type}: nobody here waits for it',
      source: 'RFC 1122 §3.2.2',
    },
    'icmp.not-ours': {
      text: '{node} dropped an error of {from} about a packet of {sender}, which is not this node',
      source: 'RFC 1122 §3.2.2',
    },
    'icmp.broadcast-echo': {
      text: '{node} does not answer an echo request of {from} to everybody',
      source: 'RFC 1122 §3.2.2.6',
    },
  },
});
