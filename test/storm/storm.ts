import { createStream, nextBelow } from '../../core/random/index.ts';
import { Simulation } from '../../core/simulation/index.ts';
import { registry, slotsOf, topologyOf } from '../scenarios/labs.ts';
import { Attacker } from './attacker.ts';
import { Watch } from './watch.ts';
import { type Kind, type Version, type Weather, weatherOf } from './weather.ts';

export interface StormOutcome {
  readonly weather: Weather;
  /** What did not hold, each with its time; empty: all held. */
  readonly findings: readonly string[];
  readonly counts: Watch['counts'];
  readonly simulation: Simulation;
}

/** For tests of the judge: a fault is put in. */
export interface Sabotage {
  readonly change?: (text: string) => string;
  /** Between two steps. */
  readonly meddle?: (simulation: Simulation) => void;
}

const SECOND = 1e9;
/** Nanoseconds between two looks during the storm, and after it. */
const STEP = SECOND / 4;
const CALM_STEP = SECOND;

/** One storm, the same for the same seed: random settings, weather, operators and forgeries, and what must hold all the time and after it. */
export function storm(
  seed: number,
  version: Version,
  kind: Kind = 'esp',
  { change, meddle }: Sabotage = {},
): StormOutcome {
  const weather = weatherOf(seed, version, kind);
  const simulation = Simulation.start(topologyOf(change?.(weather.text) ?? weather.text, `storm ${seed}`), {
    registry,
    slots: slotsOf(),
  });
  const chance = createStream(seed, `attacker/${kind}/${version}`);
  const attacker = new Attacker(chance, weather.wires);
  const watch = new Watch(weather, simulation);
  const calm = weather.calm * SECOND;
  try {
    for (let now = 0; now < weather.end * SECOND; ) {
      now += now < calm ? STEP : CALM_STEP;
      simulation.advance(now);
      watch.look((frame) => attacker.see(frame));
      meddle?.(simulation);
      // Replays of what is long gone go on into the calm.
      if (now < calm || (now < calm + 20 * SECOND && nextBelow(chance, 4) === 0)) {
        for (const forged of attacker.forge()) simulation.enter({ kind: 'frame', ...forged });
      }
    }
    watch.end();
  } catch (error) {
    watch.findings.push(`it threw ${error instanceof Error ? error.stack : String(error)}`);
  }
  return { weather, findings: watch.findings, counts: watch.counts, simulation };
}
