/** Exchange types (RFC 2408 §3.1, RFC 2409 §5, draft-dukes-ike-mode-cfg-02 §3.1). */
export const EXCHANGE = { MAIN: 2, AGGRESSIVE: 4, INFORMATIONAL: 5, TRANSACTION: 6, QUICK: 32 } as const;

export const EXCHANGE_NAMES: Readonly<Record<number, string>> = {
  1: 'Base Exchange',
  2: 'Main Mode',
  3: 'Authentication Only',
  4: 'Aggressive Mode',
  5: 'Informational',
  6: 'Transaction',
  32: 'Quick Mode',
  33: 'New Group Mode',
};

export function exchangeName(type: number): string {
  return EXCHANGE_NAMES[type] ?? `exchange ${type}`;
}
