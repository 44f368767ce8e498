import { type Expectation, formatDuration, type Verdict } from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { type LeaseExpectation, leaseExpectation } from './config.ts';

/** The most records that a verdict names. */
const MOST_EVIDENCE = 50;

interface Fold {
  /** Addresses by interface, as of the instant asked for. */
  readonly present: Record<string, string>;
  readonly records: number[];
}

export const leaseOutcome: Expectation<LeaseExpectation, Fold> = {
  key: 'lease',
  about: 'A node has an address by DHCP, or has none.',
  example: '{ node: laptop, lease: bound, address: 192.168.1.100, by: 5s }',
  schema: leaseExpectation,
  check(spec, nodes) {
    const node = nodes.find(({ name }) => name === spec.node);
    if (node === undefined || node.plugins.dhcp !== undefined) return [];
    return [{ path: ['node'], message: `node ${spec.node} has no plugin dhcp`, severity: 'warning' }];
  },
  observes: ['note'],
  create: () => ({ present: {}, records: [] }),

  observe(fold, record, spec) {
    if (record.node !== spec.node || (spec.by !== undefined && record.time > spec.by)) return;
    const name = String(record.values?.interface);
    if (record.code === 'dhcp.bound') fold.present[name] = String(record.values?.address).replace(/\/.*/, '');
    else if (record.code === 'dhcp.unbound') delete fold.present[name];
    else return;
    if (fold.records.length < MOST_EVIDENCE) fold.records.push(record.number);
  },

  verdict(fold, spec): Verdict {
    const when = spec.by === undefined ? 'at the end' : `at ${formatDuration(spec.by)}`;
    const there = Object.entries(fold.present).filter(([name]) => (spec.interface ?? name) === name);
    const fits = there.filter(([, address]) => spec.address === undefined || address === formatIpv4(spec.address));
    const shown = there.map(([name, address]) => `${address} on ${name}`).join(', ');
    const evidence = `${spec.node} has ${shown === '' ? 'no lease' : shown} ${when}`;
    return { held: spec.lease === 'bound' ? fits.length > 0 : fits.length === 0, evidence, records: fold.records };
  },
};
