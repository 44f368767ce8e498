export { MOST_KEYS, type Recording, type SimulationOptions } from './engine.ts';
export * from './history.ts';
export * from './judge.ts';
export * from './run.ts';
export * from './simulation.ts';
export * from './story.ts';
export { weigh } from './weigh.ts';
export * from './wiring.ts';
