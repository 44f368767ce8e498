import { afterAll, describe, expect, it } from '@jest/globals';
import { IKEV1_CODES } from '../../../plugins/ikev1/codes.ts';
import { BEGIN, MESSAGES, QUICK, TASKS } from '../../../plugins/ikev1/transitions.ts';
import {
  advance,
  countOf,
  establishedOf,
  ipsecOf,
  messagesOf,
  recordsOf,
  runPair,
  sasOf,
  seenCodes,
  spisOf,
  startPair,
  stateOf,
  statesOf,
  storiesOf,
  warningsOf,
} from './bench.ts';

const UP = { duration: '5s' };
const valuesOf = (run: ReturnType<typeof runPair>, code: string, node: string) =>
  recordsOf(run, code, node)[0]?.values ?? {};

describe('Main and Quick Mode', () => {
  it('take nine messages, and both sides have the same SAs', () => {
    const run = runPair(UP);
    expect(messagesOf(run).length).toBe(9);
    expect(statesOf(run, 'a')).toEqual(['established']);
    expect(statesOf(run, 'b')).toEqual(['established']);
    expect(spisOf(run, 'a').length).toBe(1);
    expect(spisOf(run, 'a')).toEqual(spisOf(run, 'b', true));
    const [a, b] = [establishedOf(run, 'a'), establishedOf(run, 'b')];
    expect(a.keys).toEqual(b.keys);
    expect(a.iv).toEqual(b.iv);
    const [one] = ipsecOf(run, 'a').children.values();
    const [two] = ipsecOf(run, 'b').children.values();
    expect(one?.inbound.keys).toEqual(two?.outbound.keys);
    expect(one?.outbound.keys).toEqual(two?.inbound.keys);
    expect(one?.inbound.keys).not.toEqual(one?.outbound.keys);
  });

  it('take six in Aggressive Mode, and show who is who', () => {
    const run = runPair({ ...UP, aggressive: true });
    const messages = messagesOf(run);
    expect(messages.length).toBe(6);
    expect(spisOf(run, 'a')).toEqual(spisOf(run, 'b', true));
    const text = (at: number): string => Buffer.from(messages[at]?.bytes ?? []).toString('latin1');
    expect([text(0).includes('a.example'), text(1).includes('b.example')]).toEqual([true, true]);
    const main = messagesOf(runPair(UP)).map(({ bytes }) => Buffer.from(bytes).toString('latin1'));
    expect(main.some((each) => each.includes('.example'))).toBe(false);
  });

  it.each([
    ['des-md5-modp768', 'des-md5'],
    ['3des-sha1-modp1024', '3des-sha1'],
    ['aes192-sha384-modp1536', 'aes192-sha384'],
    ['aes256-sha512-ecp256', 'aes256gcm16'],
    ['aes256-sha1-ecp384', 'aes128ctr-sha1'],
    ['aes128-sha256-modp2048', 'aes256ccm16'],
    ['aes256-md5-modp3072', 'null-sha256'],
  ])('agree on %s and %s', (proposals, esp) => {
    const run = runPair({
      both: { proposals, esp },
      timeline: '[{ at: 2s, node: a, ping: 192.0.2.2, count: 2 }]',
      duration: '5s',
    });
    expect(spisOf(run, 'a')).toEqual(spisOf(run, 'b', true));
    expect(spisOf(run, 'a').length).toBe(1);
    expect(countOf(run, 'ping.answered', 'a') + ipsecOf(run, 'b').counters.opened).toBeGreaterThanOrEqual(2);
  });

  it('negotiate AH, PFS and transport mode', () => {
    const run = runPair({
      ...UP,
      both: { esp: 'aes128-sha256-modp1536', child: 'mode: transport' },
    });
    expect(countOf(run, 'ikev1.child-created')).toBe(2);
    expect(valuesOf(run, 'ikev1.child-created', 'a').pfs).toBe(true);
    const ah = startPair({
      ...UP,
      a: { children: 'h: { ah_proposals: [sha256], mode: transport, start_action: start }' },
      b: { children: 'h: { ah_proposals: [sha256], mode: transport }' },
    });
    expect(spisOf(advance(ah), 'a').length).toBe(2);
  });

  it('answer the same octets to the same message', () => {
    const run = runPair({ link: 'duplicate: 100%', duration: '5s' });
    expect(spisOf(run, 'a')).toEqual(spisOf(run, 'b', true));
    expect(spisOf(run, 'a').length).toBe(1);
    const sent = messagesOf(run, 'b').map(({ bytes }) => Buffer.from(bytes).toString('hex'));
    expect(new Set(sent).size).toBe(4);
  });
});

describe('what comes to nothing, with its reason', () => {
  it('proposals that do not meet, attribute by attribute', () => {
    const run = runPair({ ...UP, a: { proposals: 'des-md5-modp768' }, b: { proposals: 'aes256-sha256-modp2048' } });
    const { difference } = valuesOf(run, 'ikev1.no-proposal-chosen', 'b');
    expect(difference).toContain('encryption: b accepts AES-CBC-256, 192.0.2.1 offered DES-CBC');
    expect(difference).toContain('hash: b accepts SHA2-256, 192.0.2.1 offered MD5');
    expect(difference).toContain('group: b accepts MODP-2048 (group 14), 192.0.2.1 offered MODP-768 (group 1)');
    expect(countOf(run, 'ikev1.peer-chose-no-proposal', 'a')).toBe(1);
    expect(IKEV1_CODES['ikev1.no-proposal-chosen']?.source).toBe('RFC 2408 §5.5');
    expect([statesOf(run, 'a'), statesOf(run, 'b')]).toEqual([[], []]);
  });

  it.each([
    [
      'on one side',
      'aes128-sha256-modp1024',
      'aes128-sha256',
      'key exchange: b accepts none, 192.0.2.1 offered modp1024',
    ],
    [
      'with two groups',
      'aes128-sha256-modp1024',
      'aes128-sha256-modp1536',
      'b accepts modp1536, 192.0.2.1 offered modp1024',
    ],
  ])('perfect forward secrecy %s fails in the first Quick Mode', (_name, a, b, text) => {
    const run = runPair({ ...UP, a: { esp: a }, b: { esp: b } });
    expect(valuesOf(run, 'ikev1.no-proposal-chosen', 'b').difference).toContain(text);
    expect(statesOf(run, 'a')).toEqual(['established']);
    expect(spisOf(run, 'a')).toEqual([]);
    expect(ipsecOf(run, 'a').reservedSpis).toEqual([]);
  });

  it('tunnel against transport mode', () => {
    const run = runPair({ ...UP, a: { child: 'mode: transport' } });
    expect(valuesOf(run, 'ikev1.no-proposal-chosen', 'b').difference).toBe(
      'encapsulation mode: b accepts Tunnel, 192.0.2.1 offered Transport',
    );
  });

  it.each([
    [
      'local_ts: 10.1.0.0/24',
      'local_ts: dynamic',
      'on the far side of b: b has 192.0.2.1, 192.0.2.1 asked for 10.1.0.0/24',
    ],
    ['remote_ts: 10.2.0.0/24', 'local_ts: 10.2.0.0/23', 'behind b: b has 10.2.0.0/23, 192.0.2.1 asked for 10.2.0.0/24'],
    ['local_ts: "dynamic[tcp/80]"', 'local_ts: dynamic', 'asked for 192.0.2.1[tcp/80]'],
  ])('proxy IDs that do not mirror each other: %s against %s', (a, b, text) => {
    const run = runPair({ ...UP, a: { child: a }, b: { child: b } });
    expect(valuesOf(run, 'ikev1.invalid-id', 'b').difference).toContain(text);
    expect(countOf(run, 'ikev1.peer-refused-ids', 'a')).toBe(1);
    expect(spisOf(run, 'b')).toEqual([]);
  });

  it('secrets that differ: noise in Main Mode, a wrong hash in Aggressive Mode', () => {
    const secrets = { a: { secret: 'one' }, b: { secret: 'two' } };
    const main = runPair({ ...secrets, duration: '200s' });
    expect(countOf(main, 'ikev1.undecryptable', 'b')).toBeGreaterThan(3);
    expect(countOf(main, 'ikev1.too-early', 'a')).toBeGreaterThan(3);
    expect(countOf(main, 'ikev1.no-answer-to-proof', 'a')).toBe(1);
    const aggressive = runPair({ ...secrets, aggressive: true, duration: '200s' });
    expect(storiesOf(aggressive, 'ikev1.authentication-failed')[0]).toContain(
      'a does not believe that 192.0.2.2 is b.example',
    );
    for (const run of [main, aggressive]) expect([statesOf(run, 'a'), statesOf(run, 'b')]).toEqual([[], []]);
  });

  it('proposals that IKEv1 has no numbers for, told when the topology is read and when it runs', () => {
    const ike = { duration: '2s', both: { proposals: 'aes256gcm16-prfsha256-x25519' } };
    const why = 'IKEv1 has no number for aes256gcm16';
    expect(warningsOf(ike)).toEqual([
      `c.proposals: ${why}: add a proposal that it can say, such as aes256-sha256-modp2048`,
      `c.proposals: ${why}: add a proposal that it can say, such as aes256-sha256-modp2048`,
    ]);
    const run = runPair(ike);
    expect(storiesOf(run, 'ikev1.cannot-say')).toEqual([`a cannot begin c: ${why}`]);
    expect(messagesOf(run)).toEqual([]);
    const child = { duration: '2s', both: { esp: 'chacha20poly1305' } };
    expect(warningsOf(child)).toContain(
      'c.children.n.esp_proposals: IKEv1 has no number for chacha20poly1305: add a proposal that it can say, such as aes256-sha256',
    );
    expect(storiesOf(runPair(child), 'ikev1.cannot-say')).toEqual([
      'a cannot begin c/n: IKEv1 has no number for chacha20poly1305',
    ]);
    const hashes = { duration: '2s', both: { proposals: 'aes256-sha256-prfsha512-modp2048' } };
    expect(storiesOf(runPair(hashes), 'ikev1.cannot-say')[0]).toContain('one hash for integrity and PRF');
    expect(warningsOf({ a: { child: 'remote_ts: [10.2.0.0/24, 10.3.0.0/24]' } })).toEqual([
      'c.children.n.remote_ts: Quick Mode has room for one pair of selectors, the first (RFC 2409 §5.5): write a child for each pair',
    ]);
    // One choice that IKEv1 can say is enough.
    const mixed = { duration: '2s', both: { proposals: 'aes256-sha256-x25519-modp2048' } };
    expect(spisOf(runPair(mixed), 'b').length).toBe(1);
    expect(warningsOf(mixed)).toEqual([]);
    // A group that only IKEv2 has a number for is sent with that one, and the reader is told.
    const unregistered = { duration: '2s', both: { proposals: 'aes256-sha256-x25519' } };
    expect(spisOf(runPair(unregistered), 'b').length).toBe(1);
    expect(warningsOf(unregistered)[0]).toMatch(/^c\.proposals: IKEv1's registry has no number for x25519/);
  });

  it('a secret that only an identity finds, for a peer that may be anywhere', () => {
    const anywhere = { b: { remoteAddrs: '', secretId: 'a.example' } };
    const main = runPair({ ...anywhere, duration: '2s' });
    expect(countOf(main, 'ikev1.no-secret', 'b')).toBe(1);
    expect(IKEV1_CODES['ikev1.no-secret']?.source).toBe('RFC 2409 §5.4');
    const aggressive = runPair({ ...anywhere, aggressive: true, duration: '2s' });
    expect(spisOf(aggressive, 'b').length).toBe(1);
    const byAddress = runPair({ b: { remoteAddrs: '', secretId: '192.0.2.1' }, duration: '2s' });
    expect(spisOf(byAddress, 'b').length).toBe(1);
  });

  it('identities that are not those that were wanted', () => {
    const initiator = runPair({ a: { remoteId: 'c.example' }, duration: '2s' });
    expect(countOf(initiator, 'ikev1.wrong-identity', 'a')).toBe(1);
    const responder = runPair({ b: { remoteId: 'c.example' }, duration: '2s' });
    expect(countOf(responder, 'ikev1.no-connection-for', 'b')).toBe(1);
    expect(statesOf(responder, 'b')).toEqual([]);
    const shown = runPair({ aggressive: true, b: { remoteId: 'c.example' }, duration: '2s' });
    expect(countOf(shown, 'ikev1.no-connection-for', 'b')).toBe(1);
    expect(countOf(shown, 'ikev1.peer-refused', 'a')).toBe(1);
  });

  it.each([
    ['taro@example.jp', 'taro@example.jp'],
    ['192.0.2.1', '192.0.2.1'],
    ['"@#0a0b0c"', '"@#0a0b0c"'],
  ])('identities of all kinds: %s', (id, remoteId) => {
    for (const aggressive of [false, true]) {
      expect(spisOf(runPair({ aggressive, a: { id }, b: { remoteId }, duration: '2s' }), 'b').length).toBe(1);
    }
  });

  it('another mode than the connection is for, and no connection at all', () => {
    const run = startPair({ duration: '2s', aggressive: true, b: { connection: '' } });
    expect(spisOf(advance(run), 'a').length).toBe(1);
    const nobody = runPair({ duration: '2s', b: { remoteAddrs: '198.51.100.1' } });
    expect(countOf(nobody, 'ikev1.no-connection-here', 'b')).toBe(1);
  });

  it('nobody there: the message goes again, later each time, then the attempt ends', () => {
    const run = runPair({ a: { remoteAddrs: '192.0.2.9' }, duration: '200s' });
    expect(countOf(run, 'ikev1.message-again', 'a')).toBe(5);
    expect(countOf(run, 'ikev1.no-answer', 'a')).toBe(1);
    expect(statesOf(run, 'a')).toEqual([]);
  });
});

describe('lifetimes', () => {
  it('replace IPsec SAs before they end, by seconds and by octets', () => {
    const run = runPair({
      a: { child: 'rekey_time: 20s, life_time: 40s, rand_time: 0s' },
      timeline: '[{ at: 1s, node: a, ping: 192.0.2.2, count: 100, interval: 1s }]',
      duration: '110s',
    });
    expect(ipsecOf(run, 'a').counters.installed).toBeGreaterThanOrEqual(5);
    expect(spisOf(run, 'a')).toEqual(spisOf(run, 'b', true));
    expect(spisOf(run, 'a').length).toBeLessThanOrEqual(2);
    const bytes = runPair({
      a: { child: 'rekey_time: 0s, rekey_bytes: 2000, life_bytes: 4000, rand_bytes: 0' },
      timeline: '[{ at: 1s, node: a, ping: 192.0.2.2, count: 60, interval: 1s }]',
      duration: '90s',
    });
    expect(ipsecOf(bytes, 'a').counters.installed).toBeGreaterThan(2);
    expect(spisOf(bytes, 'a')).toEqual(spisOf(bytes, 'b', true));
  });

  it('are the shorter of both sides, and the responder says so', () => {
    const run = runPair({
      a: { child: 'rekey_time: 0s, life_time: 3600s' },
      b: { child: 'rekey_time: 0s, life_time: 30s' },
      duration: '10s',
    });
    const [a] = ipsecOf(run, 'a').children.values();
    expect(((a?.hardAt ?? 0) - (a?.installedAt ?? 0)) / 1e9).toBe(30);
    const gone = runPair({
      b: { child: 'rekey_time: 0s, life_time: 30s' },
      a: { child: 'rekey_time: 0s' },
      duration: '60s',
    });
    expect([spisOf(gone, 'a'), spisOf(gone, 'b')]).toEqual([[], []]);
  });

  it('replace the ISAKMP SA beside the old one, which goes when it has nothing any more', () => {
    const run = runPair({
      a: { connection: 'rekey_time: 30s\n            rand_time: 0s', child: 'rekey_time: 0s' },
      b: { connection: 'rekey_time: 0s', child: 'rekey_time: 0s' },
      timeline: '[{ at: 1s, node: a, ping: 192.0.2.2, count: 60, interval: 1s }]',
      duration: '62s',
    });
    expect(countOf(run, 'ikev1.established', 'a')).toBeGreaterThanOrEqual(2);
    expect(statesOf(run, 'a').length).toBe(statesOf(run, 'b').length);
    expect(spisOf(run, 'a')).toEqual(spisOf(run, 'b', true));
    expect(ipsecOf(run, 'a').counters.installed).toBe(1);
    for (const node of ['a', 'b']) {
      const holders = sasOf(run, node).filter((sa) => 'children' in sa && sa.children.length > 0);
      expect(holders.length).toBe(1);
    }
  });

  it('do not begin anew for one that takes its business back from a successor that ended', () => {
    const run = startPair({
      a: { connection: 'rekey_time: 30s\n            over_time: 12s\n            rand_time: 0s' },
      b: { connection: 'rekey_time: 0s' },
      duration: '100s',
    });
    advance(run, 33);
    const [old, next] = sasOf(run, 'a');
    if (old?.state !== 'established' || next?.state !== 'established') throw new Error('there are no two ISAKMP SAs');
    expect(old.successor).toBe(next.id);
    expect(old.life.seconds).toBe(42);
    // The successor alone is deleted, with the IPsec SAs that it has; the next event gives the task its turn.
    stateOf(run, 'a').tasks.push({ sa: next.id, task: { kind: 'delete-isakmp', why: 'nobody likes it' } });
    const initiate = () =>
      run.enter({
        kind: 'command',
        node: 'a',
        plugin: 'ipsec',
        name: 'initiate',
        args: { initiate: { connection: 'c', child: 'n' } },
      });
    initiate();
    advance(run, 34);
    initiate();
    advance(run, 35);
    expect([old.successor, statesOf(run, 'a'), statesOf(run, 'b')]).toEqual([0, ['established'], ['established']]);
    advance(run);
    const closed = stateOf(run, 'a').closed.find(({ id }) => id === old.id);
    expect(closed?.closedAt).toBe(old.establishedAt + 42e9);
    expect(closed?.why).toBe('its lifetime is over');
    // Before that it was replaced once more.
    expect(sasOf(run, 'a').length).toBeGreaterThan(0);
    expect(spisOf(run, 'a').length).toBe(1);
    expect(spisOf(run, 'a')).toEqual(spisOf(run, 'b', true));
  });

  it.each([false, true])(
    'are followed by a replacement that `unique: keep` does not refuse (aggressive: %s)',
    (mode) => {
      const run = runPair({
        aggressive: mode,
        a: {
          connection: 'rekey_time: 20s\n            over_time: 20s\n            rand_time: 0s',
          child: 'rekey_time: 0s',
        },
        b: { connection: 'rekey_time: 0s\n            unique: keep', child: 'rekey_time: 0s' },
        duration: '35s',
      });
      expect(countOf(run, 'ikev1.established', 'b')).toBe(2);
      expect(countOf(run, 'ikev1.kept')).toBe(0);
      expect(recordsOf(run, 'ikev1.closed', 'b').map(({ values }) => values?.why)).toEqual(['192.0.2.1 deleted it']);
      expect([statesOf(run, 'a'), statesOf(run, 'b')]).toEqual([['established'], ['established']]);
      expect(spisOf(run, 'a')).toEqual(spisOf(run, 'b', true));
      expect(ipsecOf(run, 'b').counters.installed).toBe(1);
    },
  );

  it('end the ISAKMP SA where nobody replaces it', () => {
    const run = runPair({
      both: {
        connection: 'rekey_time: 20s\n            over_time: 5s\n            rand_time: 0s\n            keyingtries: 1',
      },
      a: { start: 'start' },
      timeline: '[{ at: 10s, node: s, interface: p2, set: down }]',
      duration: '400s',
    });
    expect([statesOf(run, 'a'), statesOf(run, 'b')]).toEqual([[], []]);
    expect([spisOf(run, 'a'), spisOf(run, 'b')]).toEqual([[], []]);
  });

  it('are cut short by deletes of either phase, which the peer hears', () => {
    const child = runPair({ timeline: '[{ at: 3s, node: b, terminate: c/n }]', duration: '5s' });
    expect([spisOf(child, 'a'), spisOf(child, 'b')]).toEqual([[], []]);
    expect(statesOf(child, 'a')).toEqual(['established']);
    const all = runPair({ timeline: '[{ at: 3s, node: a, terminate: c }]', duration: '5s' });
    expect([statesOf(all, 'a'), statesOf(all, 'b'), spisOf(all, 'b')]).toEqual([[], [], []]);
    const again = runPair({
      a: { child: 'close_action: start' },
      timeline: '[{ at: 3s, node: b, terminate: c }]',
      duration: '8s',
    });
    expect(spisOf(again, 'a').length).toBe(1);
    const trapped = runPair({
      a: { child: 'close_action: trap' },
      timeline: '[{ at: 3s, node: b, terminate: c }, { at: 5s, node: a, ping: 192.0.2.2, count: 2 }]',
      duration: '9s',
    });
    expect(spisOf(trapped, 'a').length).toBe(1);
  });
});

describe('dead peer detection', () => {
  const dead = { timeline: '[{ at: 10s, node: s, interface: p2, set: down, for: 150s }]' };
  const settings = 'dpd_delay: 5s\n            dpd_timeout: 20s';

  it.each([
    ['clear', 0],
    ['restart', 1],
    ['trap', 1],
  ])('acts as %s says', (action, there) => {
    const run = startPair({
      ...dead,
      a: { child: `dpd_action: ${action}`, connection: `${settings}\n            keyingtries: 0` },
      b: { connection: settings },
      timeline:
        '[{ at: 10s, node: s, interface: p2, set: down, for: 50s }, { at: 150s, node: a, ping: 192.0.2.2, count: 1 }]',
      duration: '160s',
    });
    advance(run, 58);
    expect(countOf(run, 'ikev1.peer-dead', 'a')).toBe(1);
    expect(spisOf(run, 'a')).toEqual([]);
    advance(run);
    expect(spisOf(run, 'a').length).toBe(there);
  });

  it('asks with the same number until an answer comes, and with the next one then', () => {
    const run = runPair({ both: { connection: 'dpd_delay: 5s' }, duration: '60s' });
    const asked = recordsOf(run, 'ikev1.liveness-asked', 'a').map(({ values }) => Number(values?.sequence));
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.every((sequence, at) => at === 0 || sequence === (asked[at - 1] as number) + 1)).toBe(true);
    expect(countOf(run, 'ikev1.peer-dead')).toBe(0);
  });

  it('is not asked of a peer that does not announce it, nor while it is heard of', () => {
    const run = runPair({
      both: { connection: 'dpd_delay: 5s' },
      timeline: '[{ at: 1s, node: a, ping: 192.0.2.2, count: 40, interval: 1s }]',
      duration: '40s',
    });
    expect(countOf(run, 'ikev1.liveness-asked')).toBe(0);
  });
});

describe('contacts', () => {
  it('a node that has forgotten everything says so, and its old SAs go', () => {
    const run = startPair({ timeline: '[{ at: 3s, node: a, ping: 192.0.2.2, count: 1 }]', duration: '20s' });
    advance(run, 4);
    const state = stateOf(run, 'a');
    const ipsec = ipsecOf(run, 'a');
    // What a reboot does: nothing is left, and nothing is told.
    for (const map of [state.sas, state.byCookie, state.byInitiator, state.perPeer, ipsec.children, ipsec.byInboundSpi])
      map.clear();
    ipsec.policies = [];
    run.enter({
      kind: 'command',
      node: 'a',
      plugin: 'ipsec',
      name: 'initiate',
      args: { initiate: { connection: 'c', child: 'n' } },
    });
    advance(run);
    expect(statesOf(run, 'b')).toEqual(['established']);
    expect(spisOf(run, 'a')).toEqual(spisOf(run, 'b', true));
    expect(recordsOf(run, 'ikev1.closed', 'b').map(({ values }) => values?.why)).toEqual(['a.example began anew']);
  });

  it('both begin at once, and agree on which to keep', () => {
    const run = runPair({ b: { start: 'start' }, duration: '60s' });
    expect(spisOf(run, 'a')).toEqual(spisOf(run, 'b', true));
    expect(spisOf(run, 'a').length).toBe(1);
    expect([statesOf(run, 'a'), statesOf(run, 'b')]).toEqual([['established'], ['established']]);
  });

  it('the same run gives the same bytes, cut and cloned at any time', () => {
    const whole = messagesOf(runPair(UP)).map(({ bytes }) => Buffer.from(bytes).toString('hex'));
    const again = messagesOf(runPair(UP)).map(({ bytes }) => Buffer.from(bytes).toString('hex'));
    expect(again).toEqual(whole);
    const run = startPair(UP);
    advance(run, 0.05);
    expect(structuredClone(stateOf(run, 'a'))).toEqual(stateOf(run, 'a'));
  });
});

describe('the table of transitions', () => {
  it('was gone through by these runs', () => {
    const rows = [BEGIN, ...MESSAGES, ...QUICK, ...TASKS].map(({ name }) => `ikev1.${name}`);
    const unseen = [...new Set(rows)].filter((code) => !seenCodes.has(code));
    expect(unseen).toEqual([]);
  });
});

afterAll(() => {
  const told = Object.keys(IKEV1_CODES).filter((code) => seenCodes.has(code)).length;
  process.stdout.write(`ikev1: ${told} of ${Object.keys(IKEV1_CODES).length} codes told\n`);
});
