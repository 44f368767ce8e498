import { describe, expect, it } from '@jest/globals';
import { createNodeHost } from '../../workers/node-host.ts';
import { runCell } from '../../workers/run-cell.ts';
import { kinds, labText } from './labs.ts';

/** One tunnel that comes up by itself; the mistakes below are one each. */
const good = labText('site-to-site')
  .replace(/\nexpect:[\s\S]*/, '\nexpect:\n  - { ping: alice -> bob, answered: 3 }\n')
  .replace(/.*terminate: branch.*\n/, '');

/** Mistakes, the code that the chain must end in, and what it must say on its way. */
const MISTAKES: readonly (readonly [name: string, from: string | RegExp, to: string, code: string, says: RegExp])[] = [
  [
    'another secret',
    'staple }',
    'stapler }',
    'ikev2.authentication-failed',
    /gw-b does not believe that 203.0.113.1 is gw-a/,
  ],
  [
    'another identity',
    'remote: { auth: psk, id: gw-a.example }',
    'remote: { auth: psk, id: gw-x.example }',
    'ikev2.no-connection-for',
    /gw-b has no connection for 203.0.113.1 as gw-a.example/,
  ],
  [
    'another ESP proposal',
    'esp_proposals: [aes256gcm16] }',
    'esp_proposals: [aes128gcm16] }',
    'ikev2.no-proposal-chosen',
    /gw-b accepts aes128gcm16, 203.0.113.1 offered aes256gcm16/,
  ],
  [
    'nobody who begins',
    'start_action: start',
    'start_action: none',
    'ipsec.went-in-clear',
    /child net of connection branch .*start_action is none/,
  ],
  [
    'selectors for another network',
    'remote_ts: [10.2.0.0/24]',
    'remote_ts: [10.2.0.0/28]',
    'ipsec.destination-outside',
    /10.2.0.20 is not in its remote_ts, 10.2.0.0\/28/,
  ],
  [
    'a source that is translated first',
    /(gw-a:[\s\S]*?gateway: 203.0.113.254 })/,
    '$1\n      nat: { outside: wan }',
    'ipsec.source-outside',
    /203.0.113.1 is not in its local_ts, 10.1.0.0\/24/,
  ],
  [
    'no way back for the key exchange',
    'ipv4: { gateway: 198.51.100.254 }',
    'ipv4: {}',
    'ipv4.no-route',
    /gw-b has no route to 203.0.113.1/,
  ],
  [
    'a peer without IKEv2',
    'ipv4: { gateway: 198.51.100.254 }',
    'ipv4: { gateway: 198.51.100.254 }\n      ikev2: false',
    'isakmp.nobody-speaks',
    /gw-b dropped a message of IKE version 2/,
  ],
  [
    'no way back for the reply',
    'plugins: { ipv4: { gateway: 10.2.0.1 } }',
    'plugins: { ipv4: {} }',
    'ipv4.no-route',
    /bob has no route to 10.1.0.10/,
  ],
  [
    'a gateway that has no ESP any more',
    'timeline:\n',
    'timeline:\n  - { at: 500ms, node: gw-b, plugin: esp, set: out }\n',
    'core.plugin-out',
    /gw-b has no esp from now on/,
  ],
  [
    'a gateway that has no IPsec any more',
    'timeline:\n',
    'timeline:\n  - { at: 500ms, node: gw-a, plugin: ipsec, set: out }\n',
    'core.plugin-out',
    /gw-a has no ipsec from now on/,
  ],
  [
    'a lifetime and nobody who rekeys',
    'start_action: start',
    'start_action: start\n                rekey_time: 0s\n                life_time: 1500ms',
    'ipsec.went-in-clear',
    /its SA was removed: its lifetime in seconds ended/,
  ],
];

describe('one mistake in a tunnel', () => {
  const host = createNodeHost();
  const outcomeOf = (text: string) =>
    runCell(host, {
      ...{ index: 0, fileName: 'broken.yaml', text, kinds, fragments: [], without: [], overrides: [], measures: [] },
    });

  it('is none without one', () => {
    expect(outcomeOf(good)).toMatchObject({ works: true });
  });

  it.each(MISTAKES)('%s: the chain ends in it', (_, from, to, code, says) => {
    const text = good.replace(from, to);
    expect(text).not.toBe(good);
    const { works, cause, error } = outcomeOf(text);
    expect(error).toBeUndefined();
    expect(works).toBe(false);
    expect(cause?.chain.map((step) => step.text).join('\n')).toMatch(says);
    expect(cause?.code).toBe(code);
  });
});
