/** The public face of the engine: all that plugins may import. */
export { readUatLine, type UatField, uatLine, uatOctets } from './capture/uat-line.ts';
export * from './packet/index.ts';
export * from './plugin/index.ts';
export * from './random/index.ts';
export * from './time/index.ts';
export * from './trace/record.ts';
export * from './wire/index.ts';
