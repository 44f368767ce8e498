/** The Node adapter of comlink ships no types: only what is used here is declared. */
declare module 'comlink/dist/esm/node-adapter.mjs' {
  import type { Endpoint } from 'comlink';

  /** The part of a worker_threads port or worker that the adapter needs. */
  interface NodeEndpoint {
    // biome-ignore lint/suspicious/noExplicitAny: messages are whatever structured clone takes
    postMessage(message: any, transfer?: any[]): void;
    // biome-ignore lint/suspicious/noExplicitAny: listeners of ports and workers differ in their arguments
    on(type: string, listener: (...values: any[]) => void, options?: object): void;
    // biome-ignore lint/suspicious/noExplicitAny: as above
    off(type: string, listener: (...values: any[]) => void, options?: object): void;
    start?: () => void;
  }
  export default function nodeEndpoint(endpoint: NodeEndpoint): Endpoint;
}
