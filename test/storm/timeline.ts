import { nextBelow, type RandomStream } from '../../core/random/index.ts';
import { GATEWAYS } from './places.ts';

interface Course {
  /** The links between the gateways. */
  readonly ways: readonly string[];
  /** Seconds: when the storm ends, when the probe begins; and how many pings it has. */
  readonly calm: number;
  readonly probe: number;
  readonly probes: number;
  /** Who begins once more before the probe. */
  readonly opener: string;
  /** `home` translates. */
  readonly translator: boolean;
}

/** What happens when, as lines of a topology's timeline. */
export function timeline(
  chance: RandomStream,
  { ways: wires, calm, probe, probes, opener, translator }: Course,
): string[] {
  const within = (low: number, high: number): number => low + nextBelow(chance, high - low + 1);
  const milliseconds = (): string => `${within(100, calm * 1000 - 100)}ms`;
  const lines = [
    `{ at: 500ms, node: alice, ping: 10.2.0.20, count: ${calm * 3}, interval: 333ms }`,
    `{ at: 700ms, node: bob, ping: 10.1.0.10, count: ${calm * 2}, interval: 500ms }`,
  ];
  for (let spell = within(4, 10); spell > 0; spell--) {
    const wire = wires[nextBelow(chance, wires.length)] as string;
    // Now and then nothing comes through at all.
    const loss = nextBelow(chance, 8) === 0 ? 100 : nextBelow(chance, 60);
    const set = [
      `loss: ${loss}%`,
      `duplicate: ${nextBelow(chance, 40)}%`,
      `reorder: ${nextBelow(chance, 40)}%`,
      `corrupt: ${nextBelow(chance, 10)}%`,
      `jitter: ${nextBelow(chance, 400)}ms`,
      `delay: ${within(1, 900)}ms`,
    ];
    lines.push(`{ at: ${milliseconds()}, link: '${wire}', set: { ${set.join(', ')} } }`);
  }
  for (let cut = within(0, 3); cut > 0; cut--) {
    const wire = wires[nextBelow(chance, wires.length)] as string;
    lines.push(
      `{ at: ${within(100, calm * 800)}ms, link: '${wire}', set: { up: no }, for: ${within(50, calm * 150)}ms }`,
    );
  }
  for (let meddling = within(0, 8); meddling > 0; meddling--) {
    const node = GATEWAYS[nextBelow(chance, 2)] as string;
    const what = ['terminate: lab', 'terminate: lab/net', 'initiate: lab', 'initiate: lab/net'][nextBelow(chance, 4)];
    lines.push(`{ at: ${milliseconds()}, node: ${node}, ${what} }`);
  }
  for (let change = translator ? within(3, 9) : 0; change > 0; change--) {
    const what = ['flush', 'reboot', 'rebind'][nextBelow(chance, 3)] as string;
    const away = what === 'reboot' ? `, for: ${within(50, 4000)}ms` : '';
    lines.push(`{ at: ${milliseconds()}, node: home, nat: ${what}${away} }`);
  }
  // Mappings change in good weather as well.
  if (translator) lines.push(`{ at: ${calm + within(5, 90)}s, node: home, nat: rebind }`);
  for (const wire of wires) {
    const fair = 'loss: 0, duplicate: 0, reorder: 0, corrupt: 0, jitter: 0, delay: 2ms, up: yes';
    lines.push(`{ at: ${calm}s, link: '${wire}', set: { ${fair} } }`);
  }
  // Connections that wait for somebody to begin are begun once more, and the probe asks both ways.
  lines.push(
    `{ at: ${probe - 3}s, node: ${opener}, initiate: lab/net }`,
    `{ at: ${probe}s, node: alice, ping: 10.2.0.20, count: ${probes}, interval: 1s }`,
    `{ at: ${probe}s, node: bob, ping: 10.1.0.10, count: ${probes}, interval: 1s }`,
  );
  return lines;
}
