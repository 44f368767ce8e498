export * from './bytes.ts';
export * from './checksum.ts';
export * from './dissection.ts';
export * from './fault.ts';
export * from './field.ts';
export * from './header.ts';
