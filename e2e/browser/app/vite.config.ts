import { defineConfig } from 'vite';

export default defineConfig({
  logLevel: 'error',
  build: {
    outDir: '../dist/app',
    emptyOutDir: true,
    // It is served on the machine that it was built on.
    chunkSizeWarningLimit: Infinity,
    reportCompressedSize: false,
    minify: false,
  },
  // The catalog page's export stands on Node.js, but for this copy.
  resolve: {
    alias: { 'csv-stringify/lib/sync': 'csv-stringify/lib/browser/sync.js' },
  },
  // Backstage and what it stands on ask for variables of Node.js.
  define: {
    'process.env.NODE_ENV': '"production"',
    'process.env': '{}',
    global: 'globalThis',
  },
});
