import { defineConfig } from 'vite';

// Relative addresses, so that the built page works from any path of any static host.
export default defineConfig({
  base: './',
  build: { outDir: '../dist', emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 1000 },
  worker: { format: 'es' },
});
