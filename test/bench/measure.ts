/** Measuring inside a process: processor time, user and system, of a piece of work. */
export function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** What a benchmark prints: one line of JSON with its figures. Higher is better unless the unit says otherwise. */
export interface Figure {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
}

export function tell(figure: Figure): void {
  process.stdout.write(`${JSON.stringify({ ...figure, value: Number(figure.value.toPrecision(4)) })}\n`);
}
