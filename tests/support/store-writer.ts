// Writes to a store until it is killed: `store-writer.ts FOLDER`. Prints the key and the receiver of each saved message.
import { randomBytes } from 'node:crypto'
import { createLogger } from '../../gateway/logger'
import { openLevelStore } from '../../gateway/store/level'

const store = await openLevelStore(process.argv[2]!, createLogger('warn'), { channelAttributesMs: 60_000 })
process.stdout.write('open\n')
const text = randomBytes(20_000).toString('base64')
await Promise.all(
  Array.from({ length: 40 }, async (_, receiver) => {
    for (let n = 0; ; n++) {
      const key = await store.enqueue(`receiver ${receiver}`, { from: `sender ${receiver}`, text: `${n} ${text}`, ts: Date.now() })
      process.stdout.write(`${key} ${receiver}\n`)
    }
  }),
)
