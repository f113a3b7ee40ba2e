// Shows changed files of static/ while the project is being developed. uni-app copies them beside the build, and serves them beside Vite's modules, so that
// neither of the two notices.
import { FileWatcher } from '@dcloudio/uni-cli-shared/dist/watcher.js'
import path from 'node:path'
import type { Plugin } from 'vite'

/** How long changes are gathered, ms: a folder of pictures is copied at once. */
const GATHER_MS = 100

/** Calls `listener` after uni-app copied or removed files of static/ in the output of a build. */
export function onStaticFiles(listener: () => void): void {
  const gathered = gather(listener)
  for (const name of ['copy', 'remove'] as const) {
    const original = FileWatcher.prototype[name]
    FileWatcher.prototype[name] = function (from) {
      original.call(this, from)
      gathered()
    }
  }
}

/** Reloads the page of the H5 development server when a file of static/ changes, as Vite does for index.html. */
export function staticFiles(): Plugin {
  return {
    name: 'rtm:static-files',
    apply: 'serve',
    configureServer({ watcher, ws, config: { root } }) {
      const folder = path.join(root, 'static') + path.sep
      const reload = gather(() => ws.send({ type: 'full-reload', path: '*' }))
      watcher.on('all', (_event, file) => {
        if (path.resolve(root, file).startsWith(folder)) reload()
      })
    },
  }
}

function gather(call: () => void): () => void {
  let timer: NodeJS.Timeout | undefined
  return () => {
    clearTimeout(timer)
    timer = setTimeout(call, GATHER_MS)
  }
}
