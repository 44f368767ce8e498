import { Simulation, type SimulationOptions } from '../core/simulation/index.ts';
import {
  applyOverrides,
  type Completions,
  type Diagnostic,
  type Overridden,
  parseAction,
} from '../core/topology/index.ts';
import { CLOSED_OUTLET, outlet } from '../plugins/index.ts';
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
  Lanes,
  Loaded,
  LoadOptions,
  OperatorAction,
  Progress,
  Rows,
  RowsRequest,
  StepUnit,
  ViewPoint,
  Withdrawn,
} from './api.ts';
import type { LabHost } from './host.ts';
import type { Ladder } from './ladder-view.ts';
import { OpenLab } from './open-lab.ts';
import { refusalOf } from './outside.ts';
import type { SavedRun } from './saved-run.ts';
import { mistake, readTopology, type TopologyText } from './topology-text.ts';
import type { NodeView, Overview, PacketView, Sentence, VerdictView } from './views.ts';

const SAVED_RUN = 'saved run';

/** The API over labs that run in this thread, one at a time. */
export class Lab implements LabApi {
  readonly #host: LabHost;
  #open: OpenLab | undefined;
  #text: TopologyText | undefined;

  constructor(host: LabHost) {
    this.#host = host;
  }

  async check(text: string, options: LoadOptions = {}): Promise<readonly Diagnostic[]> {
    return readTopology(this.#host, text, options).diagnostics;
  }

  async complete(text: string, offset: number, { kinds }: Pick<LoadOptions, 'kinds'> = {}): Promise<Completions> {
    const { completionsAt } = await import('../core/topology/completions.ts');
    return completionsAt(text, offset, { registry: this.#host.registry, ...(kinds === undefined ? {} : { kinds }) });
  }

  async override(text: string, overrides: NonNullable<LoadOptions['overrides']>): Promise<Overridden> {
    return applyOverrides(text, overrides);
  }

  async reference(): Promise<string> {
    const { topologyReference } = await import('../core/topology/reference.ts');
    return topologyReference(this.#host.registry);
  }

  async load(text: string, options: LoadOptions = {}): Promise<Loaded> {
    const read = readTopology(this.#host, text, options);
    const { topology, diagnostics } = read;
    if (topology === undefined) return { text: read.text, diagnostics };
    const base = { text: read.text, kinds: read.kinds };
    const file = options.fileName ?? topology.name;
    const { entered } = options;
    const wrong = entered === undefined ? refusalOf(this.#host, topology, file) : undefined;
    if (wrong !== undefined) return { text: read.text, diagnostics: [...diagnostics, wrong] };
    const { duration } = topology;
    const run =
      entered?.end === undefined ? topology : { ...topology, duration: Math.min(entered.end, duration ?? entered.end) };
    return this.#take(diagnostics, file, base, () => Simulation.start(run, this.#options, entered?.entries));
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

  async lanes(from: number, to: number, buckets: number): Promise<Lanes> {
    return this.#lab.lanes(from, to, buckets);
  }

  async rows(request: RowsRequest): Promise<Rows> {
    return this.#lab.rows(request);
  }

  async packet(record: number): Promise<PacketView | undefined> {
    return this.#lab.packet(record);
  }

  async ladder(conversation?: string, from?: number): Promise<Ladder> {
    return this.#lab.ladder(conversation, from);
  }

  async why(record: number): Promise<readonly Sentence[]> {
    return this.#lab.why(record);
  }

  async verdicts(): Promise<readonly VerdictView[]> {
    return this.#lab.verdicts();
  }

  async explain(question?: string): Promise<Explanation> {
    const open = this.#lab;
    const { explain } = await import('./explain.ts');
    return explain(open, question);
  }

  async capture(links?: readonly string[]): Promise<Uint8Array> {
    return this.#lab.capture(links);
  }

  async keyTables(): Promise<readonly KeyTable[]> {
    return this.#lab.keyTables();
  }

  async snapshot(): Promise<Uint8Array> {
    const saved: SavedRun = { snapshot: this.#lab.snapshot(), base: this.#text };
    const { plainToBytes } = await import('./plain-bytes.ts');
    return plainToBytes(saved);
  }

  async resume(bytes: Uint8Array): Promise<Loaded> {
    const [{ plainFromBytes }, { isSavedRun }] = await Promise.all([
      import('./plain-bytes.ts'),
      import('./saved-run.ts'),
    ]);
    const read = plainFromBytes(bytes);
    if ('wrong' in read) return { text: '', diagnostics: [mistake(read.wrong, SAVED_RUN)] };
    const { value } = read;
    if (!isSavedRun(value)) return { text: '', diagnostics: [mistake('these octets hold no run', SAVED_RUN)] };
    return this.#take([], SAVED_RUN, value.base, () => Simulation.resume(value.snapshot, this.#options));
  }

  async enter(action: OperatorAction): Promise<Entered> {
    const lab = this.#lab;
    if (typeof action !== 'string') {
      const entry = lab.enter(action);
      return { diagnostics: [], entry, progress: lab.progress() };
    }
    const { topology } = lab.history.head;
    const read = parseAction(action, { registry: this.#host.registry, topology });
    if (read.action === undefined) return { diagnostics: read.diagnostics, progress: lab.progress() };
    const entry = lab.enter(read.action, action);
    return { diagnostics: read.diagnostics, entry, progress: lab.progress() };
  }

  async withdraw(index: number): Promise<Withdrawn> {
    const lab = this.#lab;
    return { withdrawn: lab.withdraw(index), progress: lab.progress() };
  }

  async written(): Promise<Overridden> {
    const { inputs } = this.#lab.history.head.run;
    const { text = '' } = this.#text ?? {};
    const { writtenTopology } = await import('./written-topology.ts');
    return writtenTopology(text, inputs);
  }

  async topologyText(): Promise<string> {
    return this.#text?.text ?? '';
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
    return { registry, slots: { [outlet.slot]: CLOSED_OUTLET, ...slots }, ...(budget === undefined ? {} : { budget }) };
  }

  /** Takes up what `start` starts. If that fails, the lab that runs goes on. */
  #take(
    diagnostics: readonly Diagnostic[],
    file: string,
    base: TopologyText | undefined,
    start: () => Simulation,
  ): Loaded {
    const text = base?.text ?? '';
    try {
      const open = new OpenLab(start(), this.#host.history);
      this.#open = open;
      this.#text = base;
      return { text, diagnostics, lab: open.describe() };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { text, diagnostics: [...diagnostics, mistake(`the run cannot begin: ${why}`, file)] };
    }
  }
}
