import type { Ipv4Address } from '../ipv4/contract.ts';

/** A client's exchange with a server. */
export interface EchoExchange {
  readonly server: Ipv4Address;
  readonly text: string;
  /** The port that answers come back to. */
  readonly port: number;
  readonly interval: number;
  left: number;
  sent: number;
  returned: number;
}

export interface EchoState {
  /** Datagrams that this node returned as a server. */
  served: number;
  readonly exchanges: EchoExchange[];
}

/** The most exchanges that a client keeps: the oldest goes. */
export const MOST_EXCHANGES = 64;
