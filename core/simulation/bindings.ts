/**
 * Who is bound above an instance: key and instance in turn, by rising key. A large topology has tens of thousands of these with two or three
 * keys each, where a map would take ten times the memory; a node with a thousand open ports still finds one in ten steps.
 */
export type Bindings = number[];

/** The instance that is bound under a key; -1 for none. */
export function boundUnder(bindings: Bindings | undefined, key: number): number {
  if (bindings === undefined) return -1;
  const at = placeOf(bindings, key);
  return bindings[at] === key ? (bindings[at + 1] as number) : -1;
}

/** Binds an instance under a key that is free. */
export function enterBinding(bindings: Bindings, key: number, instance: number): void {
  const at = placeOf(bindings, key);
  // Most are bound in order: a splice would cost ten times as much.
  if (at === bindings.length) bindings.push(key, instance);
  else bindings.splice(at, 0, key, instance);
}

export function removeBinding(bindings: Bindings, key: number): void {
  const at = placeOf(bindings, key);
  if (bindings[at] === key) bindings.splice(at, 2);
}

/** Where a key stands, or would stand. */
function placeOf(bindings: Bindings, key: number): number {
  let low = 0;
  let high = bindings.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bindings[2 * middle] as number) < key) low = middle + 1;
    else high = middle;
  }
  return 2 * low;
}
