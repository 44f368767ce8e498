/** What the browser keeps for the reader: sizes of panes, places of nodes. Where it may keep nothing, nothing is kept. */
export function readKept<T>(name: string, check: (value: unknown) => value is T): T | undefined {
  try {
    const text = localStorage.getItem(`ikebana.${name}`);
    if (text === null) return undefined;
    const value: unknown = JSON.parse(text);
    return check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(`ikebana.${name}`, JSON.stringify(value));
  } catch {
    // Full or forbidden: the page works without.
  }
}
