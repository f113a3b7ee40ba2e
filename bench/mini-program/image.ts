/** Messages with pictures in the compiled mini program, over a real file server: a thread of them is opened, and one more arrives, until all are shown. */
import { randomBytes } from 'node:crypto'
import { issueBearer } from '../../gateway/files/bearer'
import { startInNode, SteppedClock } from '../../simulator/drive/driver'
import { STEPPED_CLOCK_START } from '../../simulator/drive/stepped-clock'
import { FileClient } from '../../tests/support/file-client'
import type { Benchmark, Result } from '../bench'
import { built, PRODUCT } from '../builds'
import { photo } from '../fixture/photo'
import { threadsPhone } from '../fixture/phone'
import { BUDGETS, within } from './budgets'
import type { Cost } from './cost'
import { PEER, Scene } from './scene'

/** All pictures that the end of a thread loads. */
const PICTURES = 20
const APPENDS = 5
const LOG_LENGTH = 500

export const image: Benchmark = {
  names: ['mp.image.open', 'mp.image.append'],
  budgets: [...within('mp.image.open', BUDGETS.imageOpen), ...within('mp.image.append', BUDGETS.imageAppend)],
  async *run({ quick }): AsyncIterable<Result> {
    const dist = await built(PRODUCT)
    const clock = new SteppedClock()
    const filesKey = randomBytes(32)
    const stored = await threadsPhone(quick ? 50 : LOG_LENGTH, STEPPED_CLOCK_START)
    const scene = await Scene.open(startInNode, stored, { dist, clock }, { filesKey })
    const problems: string[] = []
    try {
      const store = FileClient.with(scene.gateway, issueBearer(filesKey, 'store', clock.now()).bearer)
      const picture = async (): Promise<object> => {
        const { json } = await store.upload(Buffer.from(await photo(400, 300)), { kind: 'image', name: 'a.jpg', mime: 'image/jpeg' })
        return { kind: 'image', thumb: 'YJqGPQw7sFlslqhFafSE+Q6oJ1h2iHB2Rw==', ...json }
      }
      for (let index = 0; index < PICTURES; index++) await scene.receivePicture(await picture())
      const { calls, bytes, ms } = await scene.openThread(PEER)
      yield { name: 'mp.image.open', n: PICTURES, figures: { calls, bytes, ms } }
      const appends: Cost[] = []
      for (let index = 0; index < APPENDS; index++) appends.push(await scene.appendPicture(await picture()))
      const most = (figure: 'calls' | 'bytes') => Math.max(...appends.map((cost) => cost[figure]))
      yield { name: 'mp.image.append', figures: { calls: most('calls'), bytes: most('bytes') } }
    } finally {
      problems.push(...(await scene.close()))
      stored.remove()
    }
    if (problems.length > 0) throw new Error(`problems on the phone:\n${problems.join('\n')}`)
  },
}
