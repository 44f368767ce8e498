import { describe, expect, it } from '@jest/globals';
import { Simulation } from '../../core/simulation/index.ts';
import { parseTopology } from '../../core/topology/index.ts';
import { kinds, labNames, labText, registry, slotsOf } from './labs.ts';

/** Labs of IKEv2, which are run with `version: 1` in every connection and with nothing else changed. */
const labs = labNames.filter((name) => labText(name).includes('version: 2'));

/** What a lab asks for that IKEv1 cannot say: part of what `check` answers, which names the place and a way out. */
const UNSAYABLE: Readonly<Record<string, RegExp>> = {
  'dhcp-ikev2': /in Main Mode the peer's address finds the secret/,
  'host-to-host': /IKEv1 has no number for aes128gcm16/,
  'ikev2-fragments': /in Main Mode the peer's address finds the secret/,
  'nat-t-both-ends': /in Main Mode the peer's address finds the secret/,
  'nat-t-double': /in Main Mode the peer's address finds the secret/,
  'nat-t-missing': /in Main Mode the peer's address finds the secret/,
  'nat-t-rebinding': /in Main Mode the peer's address finds the secret/,
  'nat-t-taken-out': /in Main Mode the peer's address finds the secret/,
  'nat-t-transport': /in Main Mode the peer's address finds the secret/,
  'nat-t-transport-conflict': /in Main Mode the peer's address finds the secret/,
  'nat-t-tunnel': /in Main Mode the peer's address finds the secret/,
  'nat-t-two-clients': /in Main Mode the peer's address finds the secret/,
  'three-sites': /IKEv1 has no number for aes256gcm16/,
};

/** Labs where the office names the whole network of the peers, and each peer its own address: IKEv2 narrows that. */
const UNMIRRORED = [
  ...[
    'ikev2-fragments',
    'nat-t-both-ends',
    'nat-t-double',
    'nat-t-missing',
    'nat-t-rebinding',
    'nat-t-taken-out',
    'nat-t-tunnel',
    'nat-t-two-clients',
  ],
];

/** Child SAs that were installed in a run, as `node connection/child`, and what reading the topology said. */
function installed(text: string): { readonly children: readonly string[]; readonly warnings: readonly string[] } {
  const { topology, diagnostics } = parseTopology(text, { registry, kinds });
  if (topology === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const simulation = Simulation.start(topology, { registry, slots: slotsOf() });
  simulation.advance();
  const children = new Set<string>();
  for (const { code, node, values } of simulation.trace?.records() ?? []) {
    if (code === 'ipsec.sa-installed') children.add(`${node} ${String(values?.sa).replace(/\{.*/, '')}`);
  }
  return { children: [...children].sort(), warnings: diagnostics.map(({ message }) => message) };
}

describe('version: 1 in place of version: 2, and nothing else', () => {
  it('is tried with labs of every kind', () => {
    expect(labs.length).toBeGreaterThan(15);
    expect(labs).toEqual(expect.arrayContaining(Object.keys(UNSAYABLE)));
  });

  it.each(labs)('%s comes up as far as IKEv1 can say it, and where it cannot, the check says why', (name) => {
    const before = installed(labText(name));
    const after = installed(labText(name).replaceAll('version: 2', 'version: 1'));
    const unsayable = UNSAYABLE[name];
    if (unsayable === undefined) expect(after.children).toEqual(before.children);
    else {
      expect(before.children.length).toBeGreaterThan(after.children.length);
      expect(after.warnings).toEqual(expect.arrayContaining([expect.stringMatching(unsayable)]));
      expect(after.warnings.find((one) => unsayable.test(one))).toMatch(/add a proposal|set `aggressive: true`/);
    }
  });

  it.each(Object.keys(UNSAYABLE).filter((name) => UNSAYABLE[name]?.source.includes('Main Mode')))(
    '%s comes up in Aggressive Mode, as the check says, where the selectors mirror each other',
    (name) => {
      const text = labText(name).replaceAll(/( +)version: 2/g, '$1version: 1\n$1aggressive: true');
      const { children, warnings } = installed(text);
      const unmirrored = warnings.some((one) => one.startsWith('Quick Mode narrows nothing'));
      expect(unmirrored).toBe(UNMIRRORED.includes(name));
      if (!unmirrored) expect(children).toEqual(installed(labText(name)).children);
      else expect(children).toEqual([]);
    },
  );
});
