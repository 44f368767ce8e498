import type { Story } from '../../core/index.ts';

/** What client and server say. */
export const DHCP_CODES: Readonly<Record<string, Story>> = {
  'dhcp.sent': { text: '{node} sends {message} on {interface}: {about}', source: 'RFC 2131 §3.1' },
  'dhcp.sent-again': {
    text: '{node} sends {message} on {interface} again ({tries}): {about}; the next one in {wait}',
    source: 'RFC 2131 §4.1',
  },
  'dhcp.bound': {
    text: '{node} has {address} on {interface} from {server} for {lease}: it asks again (T1) in {renew}, asks anybody (T2) in {rebind}',
    source: 'RFC 2131 §4.4.1',
  },
  'dhcp.renewed': {
    text: '{node} keeps {address} on {interface} for {lease} more: {server} says so',
    source: 'RFC 2131 §4.4.5',
  },
  'dhcp.unbound': { text: '{node} gives up {address} on {interface}: {why}', source: 'RFC 2131 §4.4.5' },
  'dhcp.refused': {
    text: '{node} may not have {address}: {server} refused it ({why})',
    source: 'RFC 2131 §3.1 step 4',
    cure: 'the client was moved to another network, or the server gave the address away: the client begins anew by itself',
  },
  'dhcp.informed': {
    text: '{node} has settings for {interface} from {server}: name servers {dns}, domain {domain}, router {router}',
    source: 'RFC 2131 §4.4.3',
  },
  'dhcp.not-informed': {
    text: '{node} had no settings for {interface}: {tries} DHCPINFORM and no answer',
    source: 'RFC 2131 §4.4.3',
    cure: 'is there a DHCP server on this link, and does it hear broadcasts?',
  },
  'dhcp.no-answer': {
    text: '{node} had no answer to its request for {address} on {interface} and begins anew',
    source: 'RFC 2131 §3.1 step 5',
    cure: 'is there a DHCP server on this link, and does it hear broadcasts?',
  },
  'dhcp.conflict': {
    text: '{node} declines {address}: {holder} has it already',
    source: 'RFC 2131 §3.1 step 5, RFC 5227 §2.1.1',
    cure: 'somebody uses an address of the pool without asking: take it out of the range',
  },
  'dhcp.granted': {
    text: '{node} gives {address} to {client} ({host}) until {until}',
    source: 'RFC 2131 §4.3.2',
  },
  'dhcp.offered': { text: '{node} offers {address} to {client} ({host})', source: 'RFC 2131 §4.3.1' },
  'dhcp.nak': {
    text: '{node} refuses {address} to {client}: {why}',
    source: 'RFC 2131 §4.3.2',
    cure: 'the client begins anew by itself',
  },
  'dhcp.released': { text: '{node} takes {address} back from {client}', source: 'RFC 2131 §4.3.4' },
  'dhcp.declined': {
    text: '{node} puts {address} aside: {client} found it in use',
    source: 'RFC 2131 §4.3.3',
    cure: 'somebody uses an address of the pool without asking: take it out of the range',
  },
  'dhcp.reassigned': { text: '{node} has another address for {client}, which has {address}, from its next request on' },
  'dhcp.forgotten': { text: '{node} was made to forget the leases of {who} ({count})' },
  'dhcp.nobody': { text: '{node} knows no client {who}' },
  'dhcp.not-a-client': { text: '{node} has no interface {interface} that uses DHCP' },
  'dhcp.exhausted': {
    text: '{node} has no address left for {client}: all {size} of the pool are taken',
    source: 'RFC 2131 §4.3.1',
    cure: 'make the range larger or the lease shorter',
  },
  'dhcp.malformed': { text: '{node} dropped a DHCP message of {from}: {message}', source: 'RFC 2131 §2' },
  'dhcp.not-serving': { text: '{node} serves no addresses on {interface}', source: 'RFC 2131 §4.3', usual: true },
  'dhcp.not-asked': { text: '{node} did not ask for this {message}', source: 'RFC 2131 §4.4.1', usual: true },
  'dhcp.for-another': { text: '{node}: this {message} is for another client', source: 'RFC 2131 §4.4.1', usual: true },
  'dhcp.other-server': { text: '{node}: {client} takes the offer of {server}', source: 'RFC 2131 §4.3.2', usual: true },
  'dhcp.silent': { text: '{node} says nothing to {client}: {why}', source: 'RFC 2131 §4.3.2' },
  'dhcp.relayed': {
    text: '{node} does not answer what the relay agent {relay} passed on',
    source: 'RFC 2131 §4.1',
    cure: 'serve the clients on their own link: relay agents are not supported',
  },
  'dhcp.unusable': {
    text: '{node} does not take {address} from {server}: {why}',
    source: 'RFC 2131 §4.4.1',
    cure: 'correct the pool or the lease time of the server',
  },
  'dhcp.unauthentic': {
    text: '{node} does not obey a DHCPFORCERENEW of {server} without authentication',
    source: 'RFC 3203 §6',
    cure: 'set dhcp.client.force_renew where the lab wants it obeyed',
  },
  'dhcp.no-udp': { text: '{node} cannot send DHCP messages: it has no UDP', cure: 'give the node the plugin udp' },
  'dhcp.unexpected': { text: '{node} has no use for a {message} here', source: 'RFC 2131 §4.3' },
};
