import type { DescribedNode, InterfaceAddress } from '../plugin/index.ts';
import type { Duration, Instant } from '../time/index.ts';

/** A checked topology: plain data, complete, in canonical order, so that the order in the YAML changes nothing. */
export interface Topology {
  readonly name: string;
  readonly about: string;
  readonly seed: number;
  /** When the run ends; absent: when the timeline is done and traffic is quiet. */
  readonly duration?: Duration;
  /** By name, in code-unit order. */
  readonly nodes: readonly NodeDescription[];
  /** By name, in code-unit order. */
  readonly links: readonly LinkDescription[];
  /** By time; entries of one time in the order of node and key. */
  readonly timeline: readonly TimelineEntry[];
  /** In the order of the file. */
  readonly expectations: readonly ExpectationEntry[];
}

export interface NodeDescription extends DescribedNode {
  /** By name, in code-unit order. */
  readonly interfaces: readonly InterfaceDescription[];
  /** Checked settings by plugin name. */
  readonly plugins: Readonly<Record<string, unknown>>;
  /** The plugins so that each comes after those it requires. */
  readonly order: readonly string[];
}

export interface InterfaceDescription {
  readonly name: string;
  readonly addresses: readonly InterfaceAddress[];
  /** Octets of the link layer's payload; absent: the link's. */
  readonly mtu?: number;
}

export interface LinkEnd {
  readonly node: string;
  readonly interface: string;
}

/** What a link does to frames. Fractions are from 0 to 1. */
export interface LinkSettings {
  /** Propagation delay. */
  readonly delay: Duration;
  /** Bits per second; 0: no limit. */
  readonly rate: number;
  /** Octets of the link layer's payload. */
  readonly mtu: number;
  /** Octets that may wait for transmission in each direction. */
  readonly queue: number;
  readonly loss: number;
  readonly duplicate: number;
  /** The fraction of frames that is overtaken by later ones. */
  readonly reorder: number;
  /** The fraction of frames in which one bit is flipped. */
  readonly corrupt: number;
  /** Up to so much is added to the delay, evenly spread; the order is kept. */
  readonly jitter: Duration;
  /** False while the link is cut. */
  readonly up: boolean;
}

export interface LinkDescription {
  /** `a:eth0 -- b:eth0`, the lesser end first. */
  readonly name: string;
  readonly ends: readonly [LinkEnd, LinkEnd];
  readonly settings: LinkSettings;
}

/** Something that happens at an instant, or that an operator does. */
export type TimelineEntry = {
  readonly at: Instant;
  /** What it says in the file, but when and of whom, on one line; absent where it does not come from words. */
  readonly text?: string;
  /** As an operator typed it, without `at`, where it was entered while the run went on. */
  readonly typed?: string;
} & TimelineAction;
export type TimelineAction =
  /** A plugin's action: what its schema yielded. */
  | {
      readonly kind: 'command';
      readonly node: string;
      readonly plugin: string;
      readonly name: string;
      readonly args: unknown;
    }
  /** A link's settings change, for good or for a while. */
  | {
      readonly kind: 'link';
      readonly link: string;
      readonly set: Partial<LinkSettings>;
      readonly for?: Duration;
    }
  /** An interface goes up or down, for good or for a while. */
  | {
      readonly kind: 'interface';
      readonly node: string;
      readonly interface: string;
      readonly up: boolean;
      readonly for?: Duration;
    }
  /** A plugin of a node is taken out, with what requires it, or put back to start anew; for good or for a while. */
  | {
      readonly kind: 'plugin';
      readonly node: string;
      readonly plugin: string;
      readonly present: boolean;
      readonly for?: Duration;
    }
  /** A whole frame from outside the run: the interface sends it as if its node had made it. Only a host enters it, never a file. */
  | {
      readonly kind: 'frame';
      readonly node: string;
      readonly interface: string;
      /** An array of its own, not changed afterwards. */
      readonly bytes: Uint8Array;
    };

export interface ExpectationEntry {
  /** The key of the expectation's kind. */
  readonly key: string;
  /** What its schema yielded. */
  readonly spec: unknown;
  /** As it stands in the file, on one line. */
  readonly text: string;
  /** Where it stands in the file; 0 where it does not. */
  readonly line: number;
}
