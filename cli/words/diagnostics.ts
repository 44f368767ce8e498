const counted = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;

/** What is said of mistakes in topologies. */
export const diagnosticWords = {
  error: 'error',
  warning: 'warning',
  count: (errors: number, warnings: number) =>
    [
      ...(errors > 0 || warnings === 0 ? [counted(errors, 'error', 'errors')] : []),
      ...(warnings > 0 ? [counted(warnings, 'warning', 'warnings')] : []),
    ].join(', '),
};
