import { fromHex, sameBytes } from '../../core/index.ts';
import { natTraversal } from '../ipsec/contract.ts';
import type { Machine } from './machine.ts';
import { type Payload, type PayloadToWrite, payloadsOf } from './message.ts';
import { DPD_VENDOR_ID } from './names/vendor-ids.ts';
import type { PeerAbilities } from './state.ts';

/** Vendor ID payloads say who understands what beyond the RFCs: dead peer detection, and NAT traversal where the node has it. */

const DPD = fromHex(DPD_VENDOR_ID) as Uint8Array;

const written = (value: Uint8Array): PayloadToWrite => ({ kind: 'VID', value: { value } });

/** Those of a first message. */
export function ownVendorIds(machine: Machine): readonly PayloadToWrite[] {
  return [DPD, ...(machine.ctx.sibling(natTraversal)?.vendorIds() ?? [])].map(written);
}

/** Those of an answer: of ways through a NAT only one that the peer knows as well. */
export function answeringVendorIds(machine: Machine, payloads: readonly Payload[]): readonly PayloadToWrite[] {
  const theirs = payloadsOf(payloads, 'VID').map(({ value }) => value.value);
  const common = machine.ctx
    .sibling(natTraversal)
    ?.vendorIds()
    .find((own) => theirs.some((each) => sameBytes(each, own)));
  return [DPD, ...(common === undefined ? [] : [common])].map(written);
}

/** What the peer's Vendor ID payloads say. */
export function abilitiesOf(machine: Machine, payloads: readonly Payload[]): PeerAbilities {
  const theirs = payloadsOf(payloads, 'VID').map(({ value }) => value.value);
  return {
    dpd: theirs.some((each) => sameBytes(each, DPD)),
    nat: machine.ctx.sibling(natTraversal)?.dialect(theirs),
  };
}
