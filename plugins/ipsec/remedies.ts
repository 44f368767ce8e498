import type { DescribedNode, PlainValues, Remedy } from '../../core/index.ts';
import { toHex } from '../../core/index.ts';
import type { ChildConfiguration, Connection } from './connection.ts';
import { describeProposal, IP_PROTOCOL, SECURITY_PROTOCOL } from './proposal.ts';
import { mirrorRemedies } from './remedies-mirror.ts';
import type { IpsecConfig } from './state.ts';

/** What `change` makes of every child of a node's connections; `undefined` leaves one as it is. */
type ChildChange = (child: ChildConfiguration) => PlainValues | undefined;

/** Changes of policies and connections that both ends make alike. */
export function ipsecRemedies(nodes: readonly DescribedNode[]): Remedy[] {
  const remedies: Remedy[] = [];
  const add = (
    id: string,
    title: (names: string) => string,
    cures: readonly string[],
    change: (config: IpsecConfig) => PlainValues | undefined,
  ): void => {
    const parts = nodes.flatMap(({ name, plugins }) => {
      const config = plugins.ipsec as IpsecConfig | undefined;
      const settings = config && change(config);
      return settings === undefined ? [] : [[name, { plugins: { ipsec: settings } }] as const];
    });
    if (parts.length === 0) return;
    const names = parts.map(([name]) => name).join(' and ');
    remedies.push({ id, title: title(names), fragment: { nodes: Object.fromEntries(parts) }, cures });
  };
  add(
    'esp-instead-of-ah',
    (names) => `use ESP in place of AH on ${names}`,
    ['ah.integrity-failed', 'ipsec.ah-through-nat', 'nat.protocol-dropped'],
    (config) => joined(everyChild(config, espForAh), manualEspForAh(config)),
  );
  add(
    'tunnel-mode',
    (names) => `use tunnel mode on ${names}`,
    ['ipsec.mode-mismatch', 'ikev2.transport-declined', 'ipsec.transport-conflict', 'udp.bad-checksum'],
    (config) => everyChild(config, ({ mode }) => (mode === 'transport' ? { mode: 'tunnel' } : undefined)),
  );
  add(
    'transport-mode',
    (names) => `use transport mode on ${names}`,
    ['ipsec.mode-mismatch'],
    (config) => everyChild(config, ({ mode }) => (mode === 'tunnel' ? { mode: 'transport' } : undefined)),
  );
  remedies.push(...mirrorRemedies(nodes));
  add(
    'default-ike-proposals',
    (names) => `offer and accept the default IKE proposals on ${names}`,
    ['ikev2.no-proposal-chosen', 'ikev2.peer-chose-no-proposal', 'ikev2.invalid-ke'],
    (config) => everyConnection(config, () => ({ proposals: 'default' })),
  );
  add(
    'default-esp-proposals',
    (names) => `offer and accept the default ESP proposals on ${names}`,
    ['ikev2.no-proposal-chosen', 'ikev2.peer-chose-no-proposal'],
    (config) => everyChild(config, ({ proposals }) => (isAh(proposals) ? undefined : { esp_proposals: 'default' })),
  );
  const [secret] = nodes.flatMap(({ plugins }) => (plugins.ipsec as IpsecConfig | undefined)?.secrets ?? []);
  add(
    'one-secret',
    (names) => `give ${names} one and the same secret`,
    ['ikev2.authentication-failed', 'ikev2.peer-rejected-authentication', 'ikev2.no-secret'],
    ({ secrets }) => {
      if (secret === undefined || secrets.length === 0) return undefined;
      const same = secrets.map(({ name }) => [name, { secret: `0x${toHex(secret.secret)}` }] as const);
      return { secrets: Object.fromEntries(same) };
    },
  );
  add(
    'any-identity',
    (names) => `let ${names} take any identity of the peer whom the secret fits`,
    ['ikev2.wrong-identity', 'ikev2.no-connection-for', 'ikev2.no-secret'],
    (config) =>
      joined(
        everyConnection(config, () => ({ remote: { id: '%any' } })),
        {
          secrets: Object.fromEntries(config.secrets.map(({ name }) => [name, { id: null }])),
        },
      ),
  );
  add(
    'liveness',
    (names) => `check every 5 s on ${names} that the peer lives, and begin anew where it does not`,
    ['esp.unknown-spi', 'ah.unknown-spi', 'ipsec.no-sa', 'ikev2.no-such-sa', 'nat.no-mapping'],
    (config) =>
      joined(
        everyConnection(config, () => ({ dpd_delay: '5s' })),
        everyChild(config, () => ({ dpd_action: 'start', close_action: 'start' })),
      ),
  );
  add(
    'trap',
    (names) => `have keys made on ${names} when traffic asks for them`,
    ['ipsec.went-in-clear', 'ipsec.no-sa', 'ipsec.no-policy', 'ipv4.no-route', 'ipsec.clear-text-refused'],
    (config) =>
      everyChild(config, ({ startAction }) => (startAction === 'none' ? { start_action: 'trap' } : undefined)),
  );
  add(
    'rekey',
    (names) => `make new keys on ${names} in time`,
    ['ipsec.no-sa', 'ipsec.sa-removed', 'esp.unknown-spi'],
    (config) =>
      everyChild(config, ({ lifetimes: { rekeyTime, rekeyBytes, lifeTime, lifeBytes } }) =>
        (lifeTime > 0 && rekeyTime === 0) || (lifeBytes > 0 && rekeyBytes === 0)
          ? {
              ...(lifeTime > 0 ? { rekey_time: `${Math.floor(lifeTime / 2)}ns`, rand_time: '0s' } : {}),
              ...(lifeBytes > 0 ? { rekey_bytes: Math.floor(lifeBytes / 2), rand_bytes: 0 } : {}),
            }
          : undefined,
      ),
  );
  add(
    'wider-window',
    (names) => `use an anti-replay window of 1024 on ${names}`,
    ['esp.replayed', 'ah.replayed'],
    (config) => everyChild(config, ({ replayWindow }) => (replayWindow < 1024 ? { replay_window: 1024 } : undefined)),
  );
  return remedies;
}

function everyConnection(config: IpsecConfig, change: (one: Connection) => PlainValues): PlainValues | undefined {
  if (config.connections.length === 0) return undefined;
  return { connections: Object.fromEntries(config.connections.map((one) => [one.name, change(one)])) };
}

function everyChild(config: IpsecConfig, change: ChildChange): PlainValues | undefined {
  const connections = config.connections.flatMap(({ name, children }) => {
    const changed = children.flatMap((child) => {
      if (child.mode === 'pass' || child.mode === 'drop') return [];
      const values = change(child);
      return values === undefined ? [] : [[child.name, values] as const];
    });
    return changed.length === 0 ? [] : [[name, { children: Object.fromEntries(changed) }] as const];
  });
  return connections.length === 0 ? undefined : { connections: Object.fromEntries(connections) };
}

function isAh(proposals: readonly { readonly protocol: number }[]): boolean {
  return proposals.some(({ protocol }) => protocol === SECURITY_PROTOCOL.ah);
}

const espForAh: ChildChange = ({ proposals }) =>
  isAh(proposals) ? { ah_proposals: null, esp_proposals: 'default' } : undefined;

/** The same integrity with the same keys, and no encryption: nothing else changes hands. */
function manualEspForAh({ manual }: IpsecConfig): PlainValues | undefined {
  const changed = manual.flatMap(({ name, protocol, proposal }) => {
    if (protocol !== IP_PROTOCOL.ah) return [];
    return [[name, { ah_proposal: null, esp_proposal: `null-${describeProposal(proposal)}` }] as const];
  });
  return changed.length === 0 ? undefined : { manual: Object.fromEntries(changed) };
}

/** Two changes as one; keys that both have are joined. */
function joined(one: PlainValues | undefined, other: PlainValues | undefined): PlainValues | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const all: Record<string, PlainValues[string]> = { ...one };
  for (const [key, value] of Object.entries(other)) {
    const there = all[key];
    all[key] = isMap(there) && isMap(value) ? (joined(there, value) as PlainValues) : value;
  }
  return all;
}

function isMap(value: PlainValues[string] | undefined): value is PlainValues {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
