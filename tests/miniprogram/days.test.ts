// Names of days and times in the compiled mini program, and their cost when a day ends.
import { expect, test } from 'vitest'
import { startInNode, SteppedClock, type MiniProgram } from '../../simulator/drive/driver'
import { useNetwork } from './network'
import { backToList, hears, logIn, open, say, sayTo, startChat } from './people'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const ROW = 'src/ui/conversations/ConversationRow'
const CHUNK = 'src/ui/thread/MessageChunk'

const network = useNetwork(startInNode)
const { phone } = network

function clock(): SteppedClock {
  const { clock } = network
  if (!(clock instanceof SteppedClock)) throw new Error('the time is not stepped')
  return clock
}

function untilMidnight(): number {
  const at = new Date(clock().now())
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() + 1).getTime() - at.getTime()
}

function clockTime(ms: number): string {
  const at = new Date(ms)
  return [at.getHours(), at.getMinutes()].map((value) => String(value).padStart(2, '0')).join(':')
}

const textsOf = async (mp: MiniProgram, testId: string) => (await mp.all(testId)).map(({ text }) => text)

/** The rows of the list and chunks of the thread that `step` sends to the screen. */
async function sent(mp: MiniProgram, step: () => Promise<void>): Promise<string[]> {
  await mp.resetStats()
  await step()
  return (await mp.stats()).log.flatMap(({ component }) => (component === ROW || component === CHUNK ? [component] : []))
}

test('the list and an open thread say yesterday from midnight on, in one call for each changed row and chunk', async () => {
  const a = await phone()
  await logIn(a, 'alice')
  await a.elapse(untilMidnight() - 3 * MINUTE)
  await sayTo(a, 'peer', 'bob', 'see you')
  await startChat(a, 'peer', 'carol')
  await say(a, 'good night')
  const [line = ''] = await textsOf(a, 'time-line')
  expect(line).toMatch(/^23:5\d$/)
  // Until everything about the message has arrived.
  await a.elapse(5_000)
  expect(await sent(a, () => a.elapse(untilMidnight() - 1))).toEqual([])
  expect(await sent(a, () => a.elapse(1))).toEqual([CHUNK])
  expect(await textsOf(a, 'time-line')).toEqual([`昨天 ${line}`])
  await say(a, 'good morning')
  expect(await textsOf(a, 'time-line')).toEqual([`昨天 ${line}`, '00:00'])
  await backToList(a)
  await a.elapse(5_000)
  expect(await textsOf(a, 'conversation-time')).toEqual(['00:00', '昨天'])
  expect(await sent(a, () => a.elapse(untilMidnight() - 1))).toEqual([])
  expect(await sent(a, () => a.elapse(1))).toEqual([ROW, ROW])
  const [carol, bob] = await textsOf(a, 'conversation-time')
  expect(carol).toBe('昨天')
  expect(bob).toMatch(/^星期/)
})

test('a phone that is hours ahead shows the time of the service, sorts the latest message to the top, and handles a correction of its clock', async () => {
  const ahead = 7 * HOUR
  const phoneClock = clock()
  let behind = ahead
  const service = { now: () => phoneClock.now() - behind, elapsed: phoneClock.elapsed, after: phoneClock.after.bind(phoneClock) }
  await network.startGateway({ clock: service })
  const a = await phone()
  await logIn(a, 'alice')
  await sayTo(a, 'peer', 'bob', 'hello')
  expect(await textsOf(a, 'conversation-time')).toEqual([clockTime(service.now())])
  await a.elapse(HOUR)
  const carol = await network.client('carol')
  await network.until(carol.ask({ t: 'peer', to: 'alice', text: 'and me?' }))
  await a.waitForCount('conversation-row', 2)
  expect((await a.all('conversation-row')).map(({ dataset }) => dataset['id'])).toEqual(['peer:carol', 'peer:bob'])
  phoneClock.set(-ahead)
  behind = 0
  await open(a, 'peer:bob')
  await say(a, 'are you there?')
  expect((await textsOf(a, 'time-line')).at(-1)).toBe(clockTime(service.now()))
  expect(await textsOf(a, 'time-line')).toHaveLength(2)
  await hears(a, 'hello')
})
