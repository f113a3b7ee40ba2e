/** A process that is killed while LevelDB writes logs and tables leaves a folder that opens, with everything acknowledged. */
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { createLogger } from '../../../gateway/logger'
import { openLevelStore } from '../../../gateway/store/level'
import { OFFLINE_MESSAGES_MAX } from '@/src/chat/rtm-limits'
import { useCommands } from '../../support/commands'
import { useFolder } from '../../support/folder'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const run = useCommands(root)
const folder = useFolder()

it('opens after each of many kills under load, with the newest acknowledged data', async () => {
  // The amount written before the kill differs, and so does the work of LevelDB at that time.
  for (const kept of [50, 170, 290, 410, 530, 650]) {
    const writer = run(process.execPath, ['--import', 'tsx', 'tests/support/store-writer.ts', folder()])
    const lines = () => writer.text().split('\n').slice(0, -1)
    let [hasEnough, fail] = [() => {}, (_error: Error) => {}]
    const enough = new Promise<void>((resolve, reject) => ([hasEnough, fail] = [resolve, reject]))
    writer.child.stdout!.on('data', () => lines().length > kept && hasEnough())
    void writer.exit.then(() => fail(new Error(`it ended: ${writer.text()}`)))
    await enough
    writer.child.kill('SIGKILL')
    await writer.exit

    const store = await openLevelStore(folder(), createLogger('error'), { channelAttributesMs: 60_000 })
    const newest = new Map<string, string>()
    for (const line of lines()) {
      const [key = '', receiver] = line.split(' ')
      if (receiver !== undefined && key.length === 16) newest.set(`receiver ${receiver}`, key)
    }
    expect(newest.size).toBeGreaterThan(0)
    for (const [receiver, key] of newest) {
      const queued = await store.queued(receiver)
      expect(queued.length).toBeLessThanOrEqual(OFFLINE_MESSAGES_MAX)
      expect(queued.map((each) => each.key)).toContain(key)
    }
    await store.close()
  }
}, 120_000)
