import { Simulation, type SimulationOptions } from '../core/simulation/index.ts';
import type { Diagnostic } from '../core/topology/index.ts';
import type {
  ActionDescription,
  Density,
  Entered,
  Explanation,
  Flights,
  Happening,
  KeyTable,
  LabApi,
  LabDescription,
  Loaded,
  LoadOptions,
  OperatorAction,
  Progress,
  Rows,
  RowsRequest,
  StepUnit,
  ViewPoint,
} from './api.ts';
import type { LabHost } from './host.ts';
import { OpenLab } from './open-lab.ts';
import { plainFromBytes, plainToBytes } from './plain-bytes.ts';
import { isSnapshot } from './snapshot-shape.ts';
import { type ReadTopology, readAction, readTopology, specReader } from './topology-text.ts';
import type { NodeView, Overview, PacketView, Sentence, VerdictView } from './views.ts';

const SAVED_RUN = 'saved run';

/** The API over labs that run in this thread, one at a time. */
export class Lab implements LabApi {
  readonly #host: LabHost;
  #open: OpenLab | undefined;
  #text: ReadTopology | undefined;

  constructor(host: LabHost) {
    this.#host = host;
  }

  async check(text: string, options: LoadOptions = {}): Promise<readonly Diagnostic[]> {
    return readTopology(this.#host, text, options).diagnostics;
  }

  async load(text: string, options: LoadOptions = {}): Promise<Loaded> {
    const read = readTopology(this.#host, text, options);
    const { topology, diagnostics } = read;
    if (topology === undefined) return { diagnostics };
    return this.#take(diagnostics, options.fileName ?? topology.name, read, () =>
      Simulation.start(topology, this.#options),
    );
  }

  async lab(): Promise<LabDescription | undefined> {
    return this.#open?.describe();
  }

  async advance(until?: number, events?: number): Promise<Progress> {
    return this.#lab.advance(until, events);
  }

  async progress(): Promise<Progress> {
    return this.#lab.progress();
  }

  async seek(time: number): Promise<ViewPoint> {
    return this.#lab.seek(time);
  }

  async step(unit: StepUnit, direction: 'forward' | 'back'): Promise<ViewPoint> {
    return this.#lab.step(unit, direction);
  }

  async node(name: string): Promise<NodeView | undefined> {
    return this.#lab.node(name);
  }

  async overview(): Promise<Overview> {
    return this.#lab.overview();
  }

  async flights(from: number, to: number, most?: number): Promise<Flights> {
    return this.#lab.flights(from, to, most);
  }

  async happenings(from: number, to: number, most?: number): Promise<readonly Happening[]> {
    return this.#lab.happenings(from, to, most);
  }

  async density(from: number, to: number, buckets: number): Promise<Density> {
    return this.#lab.density(from, to, buckets);
  }

  async rows(request: RowsRequest): Promise<Rows> {
    return this.#lab.rows(request);
  }

  async packet(record: number): Promise<PacketView | undefined> {
    return this.#lab.packet(record);
  }

  async why(record: number): Promise<readonly Sentence[]> {
    return this.#lab.why(record);
  }

  async verdicts(): Promise<readonly VerdictView[]> {
    return this.#lab.verdicts();
  }

  async explain(question?: string): Promise<Explanation> {
    return this.#lab.explain(question);
  }

  async capture(): Promise<Uint8Array> {
    return this.#lab.capture();
  }

  async keyTables(): Promise<readonly KeyTable[]> {
    return this.#lab.keyTables();
  }

  async snapshot(): Promise<Uint8Array> {
    return plainToBytes(this.#lab.snapshot());
  }

  async resume(snapshot: Uint8Array): Promise<Loaded> {
    const read = plainFromBytes(snapshot);
    if ('wrong' in read) return { diagnostics: [mistake(SAVED_RUN, read.wrong)] };
    const { value } = read;
    if (!isSnapshot(value)) return { diagnostics: [mistake(SAVED_RUN, 'these octets hold no run')] };
    return this.#take([], SAVED_RUN, undefined, () => Simulation.resume(value, this.#options));
  }

  async enter(action: OperatorAction): Promise<Entered> {
    const lab = this.#lab;
    if (typeof action !== 'string') {
      const entry = lab.enter(action);
      return { diagnostics: [], entry, progress: lab.progress() };
    }
    const read = readAction(this.#host, this.#text, action);
    if (read.action === undefined) return { diagnostics: read.diagnostics, progress: lab.progress() };
    const entry = lab.enter(read.action);
    return { diagnostics: read.diagnostics, entry, progress: lab.progress() };
  }

  async actions(): Promise<readonly ActionDescription[]> {
    return this.#lab.actions();
  }

  /** What runs in this thread, for callers that are in it. */
  get open(): OpenLab | undefined {
    return this.#open;
  }

  get #lab(): OpenLab {
    if (this.#open === undefined) throw new Error('no lab is loaded');
    return this.#open;
  }

  get #options(): SimulationOptions {
    const { registry, slots, budget } = this.#host;
    return { registry, slots, ...(budget === undefined ? {} : { budget }) };
  }

  /** Takes up what `start` starts. If that fails, the lab that runs goes on. */
  #take(
    diagnostics: readonly Diagnostic[],
    file: string,
    text: ReadTopology | undefined,
    start: () => Simulation,
  ): Loaded {
    try {
      const open = new OpenLab(start(), specReader(this.#host, text), this.#host.history);
      this.#open = open;
      this.#text = text;
      return { diagnostics, lab: open.describe() };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { diagnostics: [...diagnostics, mistake(file, `the run cannot begin: ${why}`)] };
    }
  }
}

/** A mistake of the whole file. */
function mistake(file: string, message: string): Diagnostic {
  const place = { line: 1, column: 1, endLine: 1, endColumn: 1, from: 0, to: 0 };
  return { file, ...place, severity: 'error', message, path: [] };
}
