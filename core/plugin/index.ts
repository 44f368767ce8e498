export * from './context.ts';
export * from './contract.ts';
export * from './dissection-context.ts';
export * from './plugin.ts';
export * from './protocol.ts';
export * from './registry.ts';
