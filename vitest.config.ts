import os from 'node:os'
import { fileURLToPath } from 'node:url'
import { createRequire } from 'node:module'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { sharedTests } from './scripts/test/shared'
import { appPages } from './scripts/vite/app-pages'
import { kindViews } from './scripts/vite/kind-views'
import { menuActions } from './scripts/vite/menu-actions'

const require = createRequire(import.meta.url)
process.env.UNI_PLATFORM ||= 'mp-weixin'
process.env.UNI_UTS_PLATFORM ||= process.env.UNI_PLATFORM
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// uni's own conditional-compilation preprocessor (#ifdef / #ifndef / #endif)
const { initPreContext, preHtml, preJs } = require('@dcloudio/uni-cli-shared')
initPreContext(process.env.UNI_PLATFORM, undefined, process.env.UNI_UTS_PLATFORM, false)

const uniIfdef = () => ({
  name: 'uni-ifdef',
  enforce: 'pre' as const,
  transform(code: string, id: string) {
    const file = id.split('?')[0]!
    if (file.includes('node_modules') || !code.includes('#endif')) return
    if (file.endsWith('.vue')) return { code: preJs(preHtml(code, file), file), map: null }
    if (/\.[jt]s$/.test(file)) return { code: preJs(code, file), map: null }
  },
})

const uniTags = ['view', 'text', 'scroll-view', 'image', 'page-meta', 'root-portal']
const shared = {
  plugins: [kindViews(), menuActions(), appPages(), uniIfdef(), vue({ template: { compilerOptions: { isCustomElement: (tag) => uniTags.includes(tag) }, transformAssetUrls: false } })],
  resolve: {
    alias: [
      { find: /^@\//, replacement: here('./') },
      { find: '@dcloudio/uni-app', replacement: here('./tests/support/uni-app.ts') },
      { find: 'virtual:rtm-miniapp-sdk', replacement: here('./tests/support/no-miniapp-sdk.ts') },
    ],
  },
}

const SEEDED = 'tests/support/seeded.ts'
const LONG = 'tests/**/*.long.test.ts'
const rules = sharedTests(here('./'))
const NODE = ['tests/{unit,contract}/**/*.test.ts', '{examples,src/kinds/own}/**/*.test.ts']
// One more than there are processors: many tests wait for a socket, a disk or a browser.
const workers = os.availableParallelism() + 1

export default defineConfig({
  test: {
    maxWorkers: workers,
    minWorkers: 1,
    // As many threads at all times: if their number may shrink, Tinypool ends an idle one twice, and the run fails with "Terminating worker thread".
    poolOptions: { threads: { isolate: false, minThreads: workers, maxThreads: workers } },
    projects: [
      // pages and components on a DOM double
      {
        ...shared,
        test: { name: 'components', environment: 'happy-dom', include: ['tests/components/**/*.test.ts'], setupFiles: [SEEDED, 'tests/support/setup.ts'], css: false },
      },
      // rules in plain Node, in threads that keep their modules (scripts/test/shared.ts)
      {
        ...shared,
        test: { name: 'rules', environment: 'node', pool: 'threads', include: rules, setupFiles: [SEEDED, 'tests/support/left-over.ts'], testTimeout: 20_000 },
      },
      // stores, gateway, adapters in plain Node with real sockets, each file in a process of its own
      { ...shared, test: { name: 'node', environment: 'node', include: NODE, exclude: [LONG, ...rules], setupFiles: [SEEDED], testTimeout: 20_000 } },
      // the compiled mini program, with the builds that scripts/test.ts made; and `npm start` and H5 in a browser
      ...['miniprogram', 'e2e'].map((name) => ({
        ...shared,
        test: { name, environment: 'node' as const, include: [`tests/${name}/**/*.test.ts`], exclude: [LONG], setupFiles: [SEEDED], testTimeout: 60_000, hookTimeout: 120_000 },
      })),
      // slow tests: for `npm run test:all`, one at a time
      { ...shared, test: { name: 'long', environment: 'node', include: [LONG], testTimeout: 60_000, hookTimeout: 120_000 } },
    ],
  },
})
