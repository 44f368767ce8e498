import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

/** What is drawn with, file by file. */
const DRAWN_WITH = [
  'app/Application',
  'rendering/renderers/shared/texture/sources/CanvasSource',
  'rendering/renderers/shared/texture/Texture',
  'scene/container/Container',
  'scene/graphics/shared/Graphics',
  'scene/graphics/shared/GraphicsContext',
  'scene/sprite/Sprite',
  'scene/text/Text',
];
const library = fileURLToPath(new URL('../node_modules/pixi.js/lib/', import.meta.url));

/**
 * Behind the name `pixi.js` stand all three renderers, pointer events, accessibility, loaders, filters, meshes and particles, and a chunk that
 * names one of them carries them all. In its place stands what is drawn with; each renderer is a chunk of its own, fetched when it is chosen.
 */
const drawing: Plugin = {
  name: 'drawing',
  enforce: 'pre',
  resolveId: (id) => (id === 'pixi.js' ? '\0drawing' : undefined),
  load: (id) =>
    id === '\0drawing'
      ? DRAWN_WITH.map(
          (file) => `export { ${file.split('/').at(-1)} } from ${JSON.stringify(`${library}${file}.mjs`)};`,
        ).join('\n')
      : undefined,
};

// Relative addresses, so that the built page works from any path of any static host.
export default defineConfig({
  base: './',
  plugins: [drawing],
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
