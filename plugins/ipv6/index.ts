import { definePlugin } from '../../core/index.ts';
import { ipv6Codec, rawIpCodec } from './codec.ts';

export const ipv6 = definePlugin({
  name: 'ipv6',
  title: 'IPv6 in recordings',
  about:
    'Takes IPv6 packets of captures apart: the header, extension headers, and what is behind them. Nodes do not speak it.',
  sources: ['RFC 8200 §3, §4', 'RFC 5952'],
  binds: [
    { below: 'ethernet', key: 0x86dd },
    { below: 'ipv4', key: 41 },
  ],
  codecs: [ipv6Codec, rawIpCodec],
  // 12 and 14 are what some systems wrote for 101 before it had that number.
  linkTypes: { 229: 'ipv6', 101: 'raw-ip', 12: 'raw-ip', 14: 'raw-ip' },
  checkTopology: (nodes) =>
    nodes
      .filter(({ plugins }) => 'ipv6' in plugins)
      .map(({ name }) => ({
        path: ['nodes', name, 'plugins', 'ipv6'],
        message: 'ipv6 takes packets of captures apart and gives a node nothing: nodes speak IPv4',
      })),
});
