import type { Packet, PlainValues } from '../../core/index.ts';
import { type Machine, told } from './machine.ts';

/** Tells a failure by its code, with what each side had. */
export function tell(machine: Machine, code: string, values: () => PlainValues, packet?: Packet): void {
  machine.ctx.note(code, told(machine, values), packet);
}
