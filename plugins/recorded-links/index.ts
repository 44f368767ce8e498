import { definePlugin } from '../../core/index.ts';
import { cookedCodecs, loopbackCodec, pppCodec, vlanCodec } from './codecs.ts';

export const recordedLinks = definePlugin({
  name: 'recorded-links',
  title: 'Link layers of recordings',
  about:
    'Takes apart what captures of other programs have before IP: VLAN tags, Linux cooked captures, BSD loopback, PPP. Nodes do not speak them.',
  sources: ['IEEE 802.1Q §9.6', 'RFC 1661 §2', 'PCAP link types of draft-ietf-opsawg-pcaplinktype'],
  binds: [
    { below: 'ethernet', key: 0x8100 },
    { below: 'ethernet', key: 0x88a8 },
    { below: 'ethernet', key: 0x9100 },
  ],
  // The first one reads what is bound above.
  codecs: [vlanCodec, ...cookedCodecs, loopbackCodec, pppCodec],
  linkTypes: { 0: 'loopback', 108: 'loopback', 9: 'ppp', 50: 'ppp', 113: 'linux-cooked', 276: 'linux-cooked-2' },
  checkTopology: (nodes) =>
    nodes
      .filter(({ plugins }) => 'recorded-links' in plugins)
      .map(({ name }) => ({
        path: ['nodes', name, 'plugins', 'recorded-links'],
        message: 'recorded-links takes packets of captures apart and gives a node nothing: links of a lab are Ethernet',
      })),
});
