import { transfer } from 'comlink';
import type { LabApi } from './api.ts';
import type { LabHost } from './host.ts';
import { Lab } from './lab.ts';

/** A lab ready to be exposed to another thread: the large arrays of its answers are handed over instead of copied. */
export function holdLab(host: LabHost): LabApi {
  const lab = new Lab(host);
  return {
    check: (...args) => lab.check(...args),
    complete: (...args) => lab.complete(...args),
    override: (...args) => lab.override(...args),
    reference: () => lab.reference(),
    load: (...args) => lab.load(...args),
    lab: () => lab.lab(),
    advance: (...args) => lab.advance(...args),
    progress: () => lab.progress(),
    seek: (...args) => lab.seek(...args),
    step: (...args) => lab.step(...args),
    node: (...args) => lab.node(...args),
    overview: () => lab.overview(),
    flights: async (...args) => handedOver(await lab.flights(...args)),
    happenings: (...args) => lab.happenings(...args),
    density: async (...args) => handedOver(await lab.density(...args)),
    lanes: (...args) => lab.lanes(...args),
    rows: (...args) => lab.rows(...args),
    packet: (...args) => lab.packet(...args),
    ladder: (...args) => lab.ladder(...args),
    why: (...args) => lab.why(...args),
    verdicts: () => lab.verdicts(),
    explain: (...args) => lab.explain(...args),
    capture: async (...args) => handedOver(await lab.capture(...args)),
    keyTables: () => lab.keyTables(),
    snapshot: async () => handedOver(await lab.snapshot()),
    resume: (...args) => lab.resume(...args),
    enter: (...args) => lab.enter(...args),
    withdraw: (...args) => lab.withdraw(...args),
    written: () => lab.written(),
    topologyText: () => lab.topologyText(),
    actions: () => lab.actions(),
  };
}

/** The answer itself, or the parts of it that are arrays of numbers, by transfer. Each was made for this answer alone. */
function handedOver<T extends object>(answer: T): T {
  const parts: unknown[] = ArrayBuffer.isView(answer) ? [answer] : Object.values(answer);
  const buffers = parts.flatMap((part) => (ArrayBuffer.isView(part) ? [part.buffer] : []));
  return transfer(answer, buffers);
}
