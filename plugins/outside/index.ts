import { definePlugin, packetBytes, packetLength } from '../../core/index.ts';
import { bareOutsides } from './check.ts';
import { type OutsideConfig, outsideConfig } from './config.ts';
import { outlet } from './contract.ts';
import type { OutsideState } from './state.ts';

export { CLOSED_OUTLET, type Outlet, type OutsideSettings, outlet } from './contract.ts';

export const outside = definePlugin<OutsideState, OutsideConfig>({
  name: 'outside',
  title: 'Outside',
  about:
    'A cable out of the run: whole frames go to another network stack of this machine and come from it, by `ikebana attach`.',
  sources: ['IEEE 802.3 §3', 'RFC 768'],
  uses: [outlet.slot],
  config: outsideConfig,
  binds: [{ below: 'link', key: 1 }],
  protocol: {
    create: (config) => ({ config, frames: 0, octets: 0 }),

    receive(state, packet, ctx) {
      state.frames++;
      state.octets += packetLength(packet);
      const face = ctx.node.interfaces[packet.ingress];
      ctx.slot(outlet).leave(ctx.node.name, face?.name ?? '', ctx.now(), packetBytes(packet));
      ctx.consume(packet);
    },
  },
  tables: [
    {
      name: 'cable',
      title: 'Cable to the outside',
      columns: [
        { key: 'local', title: 'Awaits at' },
        { key: 'remote', title: 'Sends to' },
        { key: 'frames', title: 'Frames out' },
        { key: 'octets', title: 'Octets out' },
      ],
      rows: ({ config, frames, octets }) => [
        { local: `127.0.0.1:${config.local}`, remote: `127.0.0.1:${config.remote}`, frames, octets },
      ],
    },
  ],
  labels: ({ config }) => [`udp ${config.local} ⇄ ${config.remote}`],
  checkTopology: bareOutsides,
});
