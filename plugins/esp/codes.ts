import type { Story } from '../../core/index.ts';

export const ESP_CODES: Readonly<Record<string, Story>> = {
  'esp.malformed': { text: '{node}: {size} octets are no ESP packet', source: 'RFC 4303 §2' },
  'esp.unknown-spi': {
    text: '{node} has no SA with SPI {spi} for packets from {from} to {to}',
    source: 'RFC 4303 §3.4.2',
    cure: 'the peer uses an SA that is gone here (after a restart, or a rekey that one side missed), or a reserved SPI',
  },
  'esp.replayed': {
    text: '{node}: packet {sequence} on SPI {spi} was seen before or is behind the window of {window} (highest so far {highest})',
    source: 'RFC 4303 §3.4.3',
    cure: 'a replay is meant to be dropped; where the network reorders much, a larger replay_window helps',
  },
  'esp.integrity-failed': {
    text: '{node}: the ICV of packet {sequence} on SPI {spi} is wrong',
    source: 'RFC 4303 §3.4.4.1',
    cure: 'the keys or transforms of the two sides differ, or the packet was changed on its way',
  },
  'esp.length': {
    text: '{node}: packet {sequence} on SPI {spi} has {size} octets, which {transform} never makes',
    source: 'RFC 4303 §2',
    cure: 'do both sides use the same transform?',
  },
  'esp.padding': {
    text: '{node}: packet {sequence} on SPI {spi} is authentic, but its padding is not 1, 2, 3 and so on',
    source: 'RFC 4303 §2.4',
    cure: 'without integrity, a wrong key shows like this',
  },
  'esp.dummy': { text: '{node} discards a dummy packet on SPI {spi}', source: 'RFC 4303 §2.6', usual: true },
  'esp.sequence-overflow': {
    text: '{node}: the sequence numbers of SPI {spi} have run out',
    source: 'RFC 4303 §3.3.3',
    cure: 'rekey before that, or use extended sequence numbers (`esn`)',
  },
};
