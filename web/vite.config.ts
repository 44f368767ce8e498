import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

// Relative addresses, so that the built page works from any path of any static host.
export default defineConfig({
  base: './',
  resolve: {
    alias: [
      { find: /^pixi\.js$/, replacement: here('./drawing-library.mjs') },
      // Its files, which its own table of exports does not name.
      { find: /^pixi\.js\/lib\//, replacement: here('../node_modules/pixi.js/lib/') },
    ],
  },
  build: { outDir: '../dist', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 1000 },
  worker: {
    format: 'es',
    // The engine and its plugins hold nothing and do nothing when they are loaded, so a part that only a later question wants stays out of
    // the first chunk although the index of its room names it.
    rolldownOptions: {
      treeshake: { moduleSideEffects: (id) => !/\/(core|plugins)\//.test(id) },
      output: { codeSplitting: { groups: [{ name: 'engine', minShareCount: 2 }] } },
    },
  },
});
