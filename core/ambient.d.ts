/**
 * The few names that exist in every host (browsers, workers, Node) and are pure, so the engine may use them. Everything
 * else of a host (clocks, timers, sockets, the document) is left out on purpose and does not compile here.
 */

declare function structuredClone<T>(value: T): T;

interface TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare const TextEncoder: { new (): TextEncoder };

interface TextDecoder {
  decode(bytes?: Uint8Array): string;
}
declare const TextDecoder: {
  new (label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean }): TextDecoder;
};
