// Native ES modules: Jest is started with --experimental-vm-modules by `npm run jest`.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  maxWorkers: 2,
  // Modules of a finished test file are never freed, so a worker that has grown is replaced.
  workerIdleMemoryLimit: '400MB',
  testTimeout: 60_000,
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: {
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic', importSource: 'preact' } },
        },
        module: { type: 'es6' },
      },
    ],
  },
  coverageProvider: 'babel',
  collectCoverageFrom: ['{core,plugins,workers,cli,web}/**/*.{ts,tsx}', '!**/*.d.ts'],
};
