import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { Refused, systemReason } from '../refused.ts';
import { attachWords as words } from '../words/attach.ts';

/** The one address that is ever bound or sent to: nothing here is to be reached from another machine. */
export const LOOPBACK = '127.0.0.1';
/** Two addresses and a type: what is shorter is no frame (IEEE 802.3 §3.1.1). */
export const SHORTEST_FRAME = 14;
/** Frames that wait for the run: what comes while so many wait is lost, as on a full queue. */
export const MOST_WAITING = 4096;
/** Octets that wait for the system to send them. */
const MOST_UNSENT = 4 * 1024 * 1024;

export interface CableEnds {
  readonly node: string;
  readonly interface: string;
  readonly local: number;
  readonly remote: number;
}

/** What passed on one cable, and what was turned away. */
export interface CableCounts {
  in: number;
  out: number;
  octetsIn: number;
  octetsOut: number;
  /** Shorter than a header, or larger than the link carries. */
  short: number;
  large: number;
  /** Not from the port that was named. */
  foreign: number;
  /** More than could wait. */
  flooded: number;
  /** That the system did not send. */
  unsent: number;
}

export interface Waiting {
  readonly cable: Cable;
  /** The instant of the run at which it came. */
  readonly at: number;
  readonly frame: Uint8Array;
}

export interface CableSurroundings {
  /** The instant of the run. */
  now(): number;
  /** The most octets that a frame may have now. */
  largest(): number;
  /** A frame came in and waits. */
  arrived(waiting: Waiting): void;
}

/** One end of a cable: a UDP socket on loopback, a datagram a frame. */
export class Cable {
  readonly ends: CableEnds;
  readonly counts: CableCounts = {
    in: 0,
    out: 0,
    octetsIn: 0,
    octetsOut: 0,
    short: 0,
    large: 0,
    foreign: 0,
    flooded: 0,
    unsent: 0,
  };
  /** Frames that came in and that the run has not taken yet. */
  waiting = 0;
  readonly #socket: Socket;

  private constructor(ends: CableEnds, socket: Socket) {
    this.ends = ends;
    this.#socket = socket;
  }

  /** Binds the socket; a port that cannot be had ends in `Refused`. */
  static async open(ends: CableEnds): Promise<Cable> {
    const socket = createSocket('udp4');
    try {
      socket.bind({ address: LOOPBACK, port: ends.local, exclusive: true });
      await once(socket, 'listening');
    } catch (error) {
      socket.close();
      throw new Refused(words.cannotListen(ends, systemReason(error)));
    }
    return new Cable(ends, socket);
  }

  /** Begins to take frames. */
  listen(around: CableSurroundings): void {
    const { counts, ends } = this;
    this.#socket.on('message', (datagram, from) => {
      if (from.port !== ends.remote || from.address !== LOOPBACK) counts.foreign++;
      else if (datagram.length < SHORTEST_FRAME) counts.short++;
      else if (datagram.length > around.largest()) counts.large++;
      else if (this.waiting >= MOST_WAITING) counts.flooded++;
      else {
        this.waiting++;
        counts.in++;
        counts.octetsIn += datagram.length;
        around.arrived({ cable: this, at: around.now(), frame: new Uint8Array(datagram) });
      }
    });
    // A socket on loopback fails only where the system does: what is lost is counted where it was sent.
    this.#socket.on('error', () => {
      counts.unsent++;
    });
  }

  send(frame: Uint8Array): void {
    const { counts, ends } = this;
    if (this.#socket.getSendQueueSize() > MOST_UNSENT) {
      counts.unsent++;
      return;
    }
    counts.out++;
    counts.octetsOut += frame.length;
    this.#socket.send(frame, ends.remote, LOOPBACK, (error) => {
      if (error === null || error === undefined) return;
      counts.out--;
      counts.octetsOut -= frame.length;
      counts.unsent++;
    });
  }

  close(): void {
    this.#socket.close();
  }
}
