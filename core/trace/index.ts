export * from './record.ts';
export * from './trace.ts';
