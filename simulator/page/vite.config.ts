/** Builds the simulator's page: `shell.html` with two phones, `phone.html` with one. */
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('./'),
  base: '/',
  publicDir: false,
  plugins: [vue()],
  resolve: { alias: [{ find: /^@\//, replacement: here('../../') }] },
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
