/** Types of child.mjs, which runs before any package is there and so is no TypeScript. */
export function run(
  command: string,
  args: readonly string[],
  options: {
    readonly cwd?: string;
    /** Milliseconds. */
    readonly limit: number;
    readonly env?: NodeJS.ProcessEnv;
    readonly quiet?: boolean;
    readonly shell?: boolean;
  },
): Promise<{ readonly code: number; readonly seconds: string; readonly timedOut: boolean }>;
