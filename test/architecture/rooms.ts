/** Who may import whom: the table of docs/architecture.md as data. */

/** What a room of the engine may import from other rooms. */
export interface Doors {
  readonly any: readonly string[];
  /** Only types: nothing of it is left after compilation. */
  readonly types?: readonly string[];
}

/** The rooms of `core`. Each may import its own files. */
export const CORE_ROOMS: Readonly<Record<string, Doors>> = {
  time: { any: [] },
  random: { any: [] },
  wire: { any: [] },
  packet: { any: ['wire'] },
  trace: { any: ['time', 'packet'] },
  // The protocol contract speaks of records, which it only passes on.
  plugin: { any: ['time', 'random', 'wire', 'packet'], types: ['trace'] },
  network: { any: ['time', 'random', 'packet', 'plugin', 'trace'] },
  topology: { any: ['time', 'plugin', 'network'] },
  simulation: { any: ['time', 'random', 'wire', 'packet', 'plugin', 'trace', 'network', 'topology'] },
  capture: { any: ['packet', 'trace', 'wire'] },
  experiment: { any: ['time', 'random', 'plugin', 'topology', 'simulation', 'trace'] },
};

/** The one window in a wall: the page reads and judges experiments with functions of plain data, which no run is behind. */
export const WINDOWS: Readonly<Record<string, readonly string[]>> = {
  'workers/client-of-experiments.ts': ['core/experiment/index.ts'],
};

/** Plugin folders that need Node; `plugins/node.ts` lists them and nobody else may import them. */
export const NODE_PLUGINS: readonly string[] = ['crypto-node'];

/** Folders and files that may import a package. Tests may import any; types count as much as values. */
export const PACKAGES: Readonly<Record<string, readonly RegExp[]>> = {
  yaml: [/^core\/topology\//],
  zod: [/^core\/(plugin|topology)\//, /^plugins\/[^/]+\/config\.ts$/],
  '@noble/ciphers': [/^plugins\/crypto-noble\//],
  '@noble/curves': [/^plugins\/crypto-noble\//],
  '@noble/hashes': [/^plugins\/crypto-noble\//],
  '@noble/post-quantum': [/^plugins\/crypto-noble\//],
  'pixi.js': [/^web\/scene\//],
  comlink: [/^workers\//],
  tsx: [/^cli\/[^/]+\.mjs$/, /^workers\/[^/]+\.mjs$/],
  commander: [/^cli\//],
  'cli-progress': [/^cli\//],
  preact: [/^web\//],
  '@preact/signals': [/^web\//],
  '@codemirror/autocomplete': [/^web\//],
  '@codemirror/commands': [/^web\//],
  '@codemirror/lang-yaml': [/^web\//],
  '@codemirror/language': [/^web\//],
  '@codemirror/lint': [/^web\//],
  '@codemirror/search': [/^web\//],
  '@codemirror/state': [/^web\//],
  '@codemirror/view': [/^web\//],
  '@fontsource/source-sans-3': [/^web\//],
  '@fontsource/jetbrains-mono': [/^web\//],
  'd3-force': [/^(web|workers)\//],
  fflate: [/^(web|cli)\//],
  vite: [/^web\/vite\.config\.ts$/, /^workers\/built\.mjs$/],
};
