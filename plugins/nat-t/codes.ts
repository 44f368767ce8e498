import type { Story } from '../../core/index.ts';

/** What the trace says of NAT traversal. */
export const NAT_T_CODES: Readonly<Record<string, Story>> = {
  'nat-t.detected': {
    text: '{node} found a NAT on the way to {peer}, and {who} behind it. It goes on at port 4500, with ESP in UDP',
    source: 'RFC 7296 §2.23, RFC 3947 §4',
  },
  'nat-t.forced': {
    text: '{node} found no NAT on the way to {peer}, and puts ESP in UDP all the same (encap: yes)',
    source: 'RFC 7296 §2.23',
  },
  'nat-t.none': { text: '{node} found no NAT on the way to {peer}', source: 'RFC 7296 §2.23, RFC 3947 §3.2' },
  'nat-t.not-supported': {
    text: '{peer} does not traverse NATs: it sent {node} nothing to detect one by, and all stays on port 500',
    source: 'RFC 7296 §2.23',
    cure: 'where a NAT is on the way, give the peer the plugin nat-t',
  },
  'nat-t.keepalive': {
    text: '{node} sends {peer} a keepalive: nothing else was sent for {idle} s',
    source: 'RFC 3948 §4',
  },
  'nat-t.unreachable': {
    text: '{node} is told that {peer} takes no datagrams: nobody listens there, or nobody has the way there',
    source: 'RFC 1122 §4.1.3.3',
    cure: 'give the peer the plugin nat-t, and where it is behind a NAT, forward port 4500 as well as 500',
  },
  'nat-t.malformed': {
    text: '{node} dropped {octets} octets of {from} at port 4500: no keepalive, and too short for IKE or ESP',
    source: 'RFC 3948 §2',
  },
  'nat-t.nobody-reads': {
    text: '{node} has no plugin that reads {what}, which {from} sent to port 4500',
    source: 'RFC 3948 §2',
    cure: 'give the node the plugin: isakmp for IKE, esp for ESP',
  },
  'nat-t.too-long': {
    text: '{node} cannot put {size} octets into a UDP datagram',
    source: 'RFC 768',
    cure: 'send smaller packets',
  },
};
