import { FileWatcher } from '@dcloudio/uni-cli-shared/dist/watcher.js'
import { EventEmitter } from 'node:events'
import { mkdtempSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { onStaticFiles, staticFiles } from '../../../scripts/vite/static-files'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('a changed file of static/', () => {
  it('reloads the page, once for those that change together; other files are Vite’s', () => {
    const watcher = new EventEmitter()
    const sent: unknown[] = []
    const { configureServer } = staticFiles() as unknown as { configureServer: (server: object) => void }
    configureServer({ watcher, ws: { send: (message: unknown) => void sent.push(message) }, config: { root: '/project' } })
    for (const file of ['/project/src/ui/thread/a.png', '/project/static-notes.md', '/elsewhere/static/logo.png']) watcher.emit('all', 'change', file)
    vi.runAllTimers()
    expect(sent).toEqual([])
    watcher.emit('all', 'change', '/project/static/logo.png')
    watcher.emit('all', 'unlink', '/project/static/tab/me.png')
    vi.runAllTimers()
    expect(sent).toEqual([{ type: 'full-reload', path: '*' }])
  })

  it('calls the listener once uni-app has copied it into the build, or removed it there', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'static-files-'))
    const { copy, remove } = FileWatcher.prototype
    try {
      const copied = path.join(folder, 'build/static/logo.png')
      writeFileSync(path.join(folder, 'logo.png'), 'new')
      const told: (string | undefined)[] = []
      onStaticFiles(() => void told.push(existsSync(copied) ? readFileSync(copied, 'utf8') : undefined))
      const watcher = { info: () => undefined, from: () => path.join(folder, 'logo.png'), to: () => copied } as unknown as FileWatcher
      FileWatcher.prototype.copy.call(watcher, 'static/logo.png')
      vi.runAllTimers()
      FileWatcher.prototype.remove.call(watcher, 'static/logo.png')
      vi.runAllTimers()
      expect(told).toEqual(['new', undefined])
    } finally {
      Object.assign(FileWatcher.prototype, { copy, remove })
      rmSync(folder, { recursive: true })
    }
  })
})
