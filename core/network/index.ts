export * from './impairment.ts';
export * from './link.ts';
