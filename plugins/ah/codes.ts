import type { Story } from '../../core/index.ts';
import { becauseChanged } from './changed.ts';

export const AH_CODES: Readonly<Record<string, Story>> = {
  'ah.malformed': { text: '{node}: {size} octets are no AH packet', source: 'RFC 4302 §2' },
  'ah.fragment': {
    text: '{node}: a fragment from {from} to {to} came to AH, which takes whole packets only',
    source: 'RFC 4302 §3.4.1',
  },
  'ah.unknown-spi': {
    text: '{node} has no SA with SPI {spi} for packets from {from} to {to}',
    source: 'RFC 4302 §3.4.2',
    cure: 'the peer uses an SA that is gone here (after a restart, or a rekey that one side missed), or the destination was translated on the way',
  },
  'ah.replayed': {
    text: '{node}: packet {sequence} on SPI {spi} was seen before or is behind the window of {window} (highest so far {highest})',
    source: 'RFC 4302 §3.4.3',
    cure: 'a replay is meant to be dropped; where the network reorders much, a larger replay_window helps',
  },
  'ah.integrity-failed': {
    text: '{node} refused the packet: the ICV of packet {sequence} on SPI {spi} from {from} is wrong ({transform})',
    source: 'RFC 4302 §3.4.4',
    cure: 'the keys or transforms of the two sides differ, or the packet was changed on its way: AH covers the addresses, so nothing may translate them; use ESP, in UDP where there is a NAT',
    because: becauseChanged,
  },
  'ah.length': {
    text: '{node}: packet {sequence} on SPI {spi} has {size} octets, which {transform} never makes',
    source: 'RFC 4302 §2.2',
    cure: 'do both sides use the same transform?',
  },
  'ah.sequence-overflow': {
    text: '{node}: the sequence numbers of SPI {spi} have run out',
    source: 'RFC 4302 §3.3.2',
    cure: 'rekey before that, or use extended sequence numbers (`esn`)',
  },
};
