import type { DissectedLayer, Dissection } from '../core/index.ts';

/** FNV-1a, 32 bits. */
const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The innermost layer that is a message, of those that anybody sees. */
export function messageLayer({ layers }: Dissection): DissectedLayer | undefined {
  return layers.findLast(({ message }) => message !== undefined);
}

/** The same for the very same octets of a message. */
export function contentOf({ bytes }: Dissection, { start, end, message }: DissectedLayer): string {
  let hash = FNV_START;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), FNV_PRIME) >>> 0;
  return `${message?.conversation}/${message?.exchange}/${message?.id}/${end - start}/${hash}`;
}
