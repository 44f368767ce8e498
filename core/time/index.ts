export * from './event-queue.ts';
export * from './instant.ts';
