export * from './compact.ts';
export * from './event-queue.ts';
export * from './instant.ts';
