export * from './cells.ts';
export { holdsFor } from './conditions.ts';
export * from './experiment.ts';
export * from './judge-cells.ts';
export * from './limits.ts';
export { type ExperimentOptions, type ParsedExperiment, parseExperiment } from './parse-experiment.ts';
export { causesOf, measureText, type ResultTable, tablesOf } from './table.ts';
