import { describe, expect, it } from '@jest/globals';
import { finish, openLab, RAINY, shippedText } from './labs.ts';

describe('an operator', () => {
  it('does what an operator enters just after the view, as if the timeline had said so', async () => {
    const lab = await finish(await openLab(RAINY));
    const at = 1_234_567_890;
    await lab.seek(at);
    const entered = await lab.enter('node: b, ping: 10.1.0.2, count: 2');
    expect(entered.diagnostics).toEqual([]);
    expect(entered.entry).toMatchObject({ at: at + 1, place: 'b', text: 'ping: 10.1.0.2, count: 2' });
    expect(entered.progress.frontier).toBe(at);
    await finish(lab);
    const written = await openLab(RAINY, {
      overrides: [{ path: 'timeline.+', value: `{ at: ${at + 1}ns, node: b, ping: 10.1.0.2, count: 2 }` }],
    });
    await finish(written);
    expect(Buffer.from(await lab.capture()).equals(await written.capture())).toBe(true);
    expect(await lab.progress()).toEqual({ ...(await written.progress()), view: at });
    // Looking back, the action is not yet there; looking later, it is.
    await lab.seek(at);
    await written.seek(at);
    expect(await lab.node('b')).toEqual(await written.node('b'));
    expect((await lab.enter('node: b, pnig: 10.1.0.2')).diagnostics[0]?.suggestion).toBe('ping');
    expect((await lab.lab())?.timeline.map((entry) => entry.at)).toContain(at + 1);
  });

  it('takes back what was entered, and writes it into the topology so that the same run follows', async () => {
    const text = shippedText('nat-home');
    const lab = await finish(await openLab(text));
    const before = await lab.capture();
    await lab.seek(5_010_000_000);
    await lab.enter('{ node: home, nat: rebind }');
    await lab.seek(2_000_000_001);
    await lab.enter('link: "home:wan -- isp:home", set: { up: false }, for: 5ms');
    await finish(lab);
    const after = await lab.capture();
    expect(Buffer.from(after).equals(before)).toBe(false);
    const written = await lab.written();
    expect(written.diagnostics).toEqual([]);
    expect(written.text).toContain('at: 2.000000002s');
    expect(Buffer.from(await (await finish(await openLab(written.text))).capture()).equals(after)).toBe(true);
    const places = (await lab.lab())?.timeline.flatMap(({ entry }, at) => (entry.typed === undefined ? [] : [at]));
    expect(places).toHaveLength(2);
    expect((await lab.withdraw(0)).withdrawn).toBe(false);
    expect((await lab.withdraw(99)).withdrawn).toBe(false);
    for (const at of [...(places ?? [])].reverse()) {
      const { withdrawn, progress } = await lab.withdraw(at);
      expect(withdrawn).toBe(true);
      expect(progress.view).toBeLessThan(5_010_000_001);
    }
    expect((await lab.written()).text).toBe(text);
    expect(Buffer.from(await (await finish(lab)).capture()).equals(before)).toBe(true);
  });

  it.each(['nat-home', 'site-to-site', 'dhcp-routed'])(
    'offers on the nodes of %s only what can be done',
    async (name) => {
      const lab = await openLab(shippedText(name));
      const offers = (await lab.actions()).flatMap((action) => action.offers);
      expect(offers.length).toBeGreaterThan(5);
      for (const { node, entry } of offers)
        expect([entry, (await lab.enter(`node: ${node}, ${entry}`)).diagnostics]).toEqual([entry, []]);
    },
  );

  it('takes a plugin out of a node, sees it gone, and has it again by undoing', async () => {
    const lab = await finish(await openLab(shippedText('nat-home')));
    const before = await lab.capture();
    const shown = async (plugin: string) => (await lab.node('home'))?.plugins.find(({ name }) => name === plugin);
    await lab.seek(3_000_000_000);
    expect(await shown('nat')).toMatchObject({ present: true });
    expect((await lab.enter('node: home, plugin: icmp, set: out')).diagnostics).toEqual([]);
    expect((await lab.enter('node: home, plugin: nat, set: out')).diagnostics).toEqual([]);
    await finish(lab);
    await lab.seek((await lab.progress()).frontier);
    for (const plugin of ['nat', 'icmp', 'ping']) {
      expect(await shown(plugin)).toMatchObject({ present: false, tables: [], machines: [] });
    }
    expect((await lab.overview()).nodes.find(({ name }) => name === 'home')?.out).toEqual(['icmp', 'nat', 'ping']);
    expect(Buffer.from(await lab.capture()).equals(before)).toBe(false);
    expect((await lab.verdicts()).some(({ held }) => !held)).toBe(true);
    // Written into the file, the same run follows.
    const written = await finish(await openLab((await lab.written()).text));
    expect(Buffer.from(await written.capture()).equals(await lab.capture())).toBe(true);
    // Before that instant it is there, and without the actions it stays.
    await lab.seek(2_000_000_000);
    expect(await shown('nat')).toMatchObject({ present: true });
    const places = (await lab.lab())?.timeline.flatMap(({ entry }, at) => (entry.typed === undefined ? [] : [at]));
    for (const at of [...(places ?? [])].reverse()) expect((await lab.withdraw(at)).withdrawn).toBe(true);
    expect(Buffer.from(await (await finish(lab)).capture()).equals(before)).toBe(true);
  });
});
