import type { Badge, TableView } from '../../core/index.ts';
import { formatDuration } from '../../core/index.ts';
import { formatIpv4 } from '../ipv4/contract.ts';
import { insideText, outsideText, remoteText } from './describe.ts';
import { PROTOCOL, protocolName } from './protocols.ts';
import { CELL, cell, FLAG, isLive, type MappingTable, TALLY, tally } from './rows.ts';
import type { NatState } from './state.ts';

import { tcpPhase } from './tcp.ts';
import { listOf } from './timers.ts';

/** The most mappings that a table shows. */
const MOST_SHOWN = 1000;

/** Rows that are alive at an instant, in order of their place. */
export function liveRows(table: MappingTable, now: number): number[] {
  const rows: number[] = [];
  for (let row = 0; row < table.capacity; row++) {
    if (isLive(table, row) && (table.timers.expires[row] as number) > now) rows.push(row);
  }
  return rows;
}

/** `static`, `own`, `not translated`, `waits for its SPI`, `unanswered`, `answered`, or a TCP connection's phase. */
export function mappingState(table: MappingTable, row: number): string {
  const flags = cell(table, row, CELL.flags);
  if ((flags & FLAG.fixed) !== 0) return 'static';
  if ((flags & FLAG.own) !== 0) return 'own';
  if ((flags & FLAG.routed) !== 0) return 'not translated';
  if ((flags & FLAG.pending) !== 0) return 'waits for its SPI';
  if (cell(table, row, CELL.protocol) === PROTOCOL.tcp) return tcpPhase(table, row);
  return (flags & FLAG.replied) !== 0 ? 'answered' : 'unanswered';
}

const mappings: TableView<NatState> = {
  name: 'mappings',
  title: 'NAT mappings',
  columns: [
    { key: 'protocol', title: 'Protocol' },
    { key: 'left', title: 'Expires in', share: 'share' },
    { key: 'inside', title: 'Inside' },
    { key: 'outside', title: 'Outside' },
    { key: 'remote', title: 'Last remote' },
    { key: 'state', title: 'State' },
    { key: 'peers', title: 'May send in' },
    { key: 'sent', title: 'Out' },
    { key: 'received', title: 'In' },
  ],
  rows: ({ table }, { now }) =>
    liveRows(table, now)
      .slice(0, MOST_SHOWN)
      .map((row) => {
        const left = (table.timers.expires[row] as number) - now;
        return {
          protocol: protocolName(cell(table, row, CELL.protocol)),
          inside: insideText(table, row),
          outside: outsideText(table, row),
          remote: remoteText(table, row),
          state: mappingState(table, row),
          left: Number.isFinite(left) ? formatDuration(left) : 'never',
          share: Number.isFinite(left)
            ? Math.min(1, left / (table.timers.spans[listOf(table.timers, row)] as number))
            : 1,
          peers: cell(table, row, CELL.peers) === 0 ? '' : cell(table, row, CELL.peers),
          sent: tally(table, row, TALLY.sent),
          received: tally(table, row, TALLY.received),
        };
      }),
};

const DEPENDENCE = ['endpoint-independent', 'address-dependent', 'address-and-port-dependent'];

const behaviour: TableView<NatState> = {
  name: 'behaviour',
  title: 'NAT behaviour',
  columns: [
    { key: 'what', title: 'What' },
    { key: 'value', title: 'How' },
  ],
  rows: ({ settings, addresses, counters, table }) => {
    const row = (what: string, value: string | number): { what: string; value: string | number } => ({ what, value });
    return [
      row('preset', settings.preset ?? 'none'),
      row('type', settings.type),
      row('external addresses', addresses.slice(0, 8).map(formatIpv4).join(', ') || 'by the map'),
      row('mapping', DEPENDENCE[settings.mapping] as string),
      row('filtering', DEPENDENCE[settings.filtering] as string),
      row('ports', settings.overloading ? `${settings.ports}, overloaded` : settings.ports),
      ...(settings.portBlock === 0 ? [] : [row('ports of a block', settings.portBlock)]),
      ...(settings.holdDown === 0 ? [] : [row('hold-down', formatDuration(settings.holdDown))]),
      row('hairpinning', settings.hairpinning),
      row('UDP timer', formatDuration(settings.spans[0] as number)),
      row('other protocols', settings.other),
      row('mappings', `${table.count - table.fixed} of ${settings.limit}`),
      row('made, expired', `${counters.made}, ${counters.expired}`),
      row('translated out, in', `${counters.translatedOut}, ${counters.translatedIn}`),
      row('filtered, refused', `${counters.filtered}, ${counters.refused}`),
    ];
  },
};

export const natTables: readonly TableView<NatState>[] = [mappings, behaviour];

export function natBadges({ table, downUntil }: NatState, { now }: { readonly now: number }): readonly Badge[] {
  if (downUntil > now) return [{ text: 'rebooting', tone: 'failed' }];
  return [{ text: `${table.count} mapped`, tone: 'translation' }];
}
