// What the compiled mini program says of days, and what it costs the screen when one ends.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nodeClock } from '../../gateway/clock'
import { startGateway, type Gateway } from '../../gateway/server'
import { PhoneClock, startInNode, type MiniProgram } from '../../simulator/drive/driver'
import { backToList, hears, logIn, open, say, sayTo, startChat, usePhones } from './people'

const HOUR = 3_600_000
const ROW = 'src/components/ConversationRow'
const CHUNK = 'src/components/MessageChunk'

let clock: PhoneClock
let gateway: Gateway
beforeEach(async () => {
  clock = new PhoneClock()
  // A quarter of an hour before midnight, for phone and gateway alike.
  clock.hold()
  await clock.step((untilMidnight() + 23.75 * HOUR) % (24 * HOUR))
  clock.release()
  gateway = await startGateway({ port: 0, clock: { ...nodeClock, now: () => clock.now() } })
})
afterEach(() => gateway.close())
const phone = usePhones(startInNode, () => gateway)

function untilMidnight(): number {
  const at = new Date(clock.now())
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1).getTime() - at.getTime()
}

const textsOf = async (mp: MiniProgram, testId: string) => (await mp.all(testId)).map(({ text }) => text)
/** What `step` sends to the rows of lists and threads. */
async function sent(mp: MiniProgram, step: () => Promise<void>): Promise<string[]> {
  await mp.resetStats()
  await step()
  return (await mp.stats()).log.flatMap(({ component }) => (component === ROW || component === CHUNK ? [component] : []))
}

test('the list and an open thread say yesterday from midnight on, in one call for each row and each chunk that says something else', async () => {
  const a = await phone({ clock })
  await logIn(a, 'alice')
  await sayTo(a, 'peer', 'bob', 'see you')
  await startChat(a, 'peer', 'carol')
  await say(a, 'good night')
  const [line] = await textsOf(a, 'time-line')
  expect(line).toMatch(/^23:\d\d$/)
  await gateway.close()
  await a.waitForCount('connection-banner', 1)
  clock.hold()
  await clock.step(untilMidnight() - 1)
  expect(await sent(a, () => clock.step(0))).toEqual([])
  const crossed = async () => {
    await clock.step(1)
    await a.waitFor('the day before', async () => (await textsOf(a, 'time-line'))[0] === `昨天 ${line}`)
  }
  expect(await sent(a, crossed)).toEqual([CHUNK])
  expect(await sent(a, () => backToList(a))).toEqual([ROW, ROW])
  expect(await textsOf(a, 'conversation-time')).toEqual(['昨天', '昨天'])
  await open(a, 'peer:carol')
  await a.type('composer-input', 'good morning')
  await a.tap('composer-send')
  await hears(a, 'good morning')
  expect(await textsOf(a, 'time-line')).toEqual([`昨天 ${line}`, '00:00'])
  clock.release()
})
