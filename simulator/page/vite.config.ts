/** Builds the simulator's page: `shell.html` with two phones, `phone.html` with one. */
import path from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

// From the project's folder, which may be a link with a name that Vite can read (scripts/plain-folder.mjs).
const here = (file: string) => path.resolve('simulator/page', file)

export default defineConfig({
  root: here('./'),
  base: '/',
  publicDir: false,
  plugins: [vue()],
  resolve: { preserveSymlinks: true, alias: [{ find: /^@\//, replacement: `${path.resolve()}/` }] },
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
  css: { postcss: {} },
  build: {
    target: 'es2022',
    outDir: here('../../dist/simulator/page'),
    emptyOutDir: true,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    rollupOptions: { input: [here('shell.html'), here('phone.html')] },
  },
})
