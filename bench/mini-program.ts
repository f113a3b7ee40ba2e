/** What the compiled mini program costs: setData calls, their bytes, and the time until an event is visible. */
import type { ConversationId } from '../src/chat/conversation/conversation'
import { startInNode, SteppedClock, type StartOptions } from '../simulator/drive/driver'
import { STEPPED_CLOCK_START } from '../simulator/drive/stepped-clock'
import type { Benchmark, Result } from './bench'
import { built, PRODUCT } from './builds'
import { crowdedPhone, crowdId, threadsPhone, type StoredPhone } from './fixture/phone'
import { BUDGETS, BURST_LAST_MS, within } from './mini-program/budgets'
import type { Cost } from './mini-program/cost'
import { CHANNEL, PEER, Scene } from './mini-program/scene'
import { median } from './support/stats'

const LENGTHS = [50, 5_000, 100_000]
const QUICK_LENGTHS = [50, 500]
const CONVERSATIONS = 1_000
const TIMES = 3
/** Long enough for a new chunk to begin. */
const APPENDS = 21

/** The changes of a rendered message that are measured. */
const CHANGES = ['react', 'unreact', 'edit', 'recall'] as const

const thread: Benchmark = {
  names: ['mp.open', 'mp.append', 'mp.append.scrolled', 'mp.status', 'mp.react', 'mp.unreact', 'mp.edit', 'mp.recall', 'amend.outside', 'mp.readmark', 'mp.typing', 'mp.menu', 'mp.keystroke', 'mp.emoji', 'mp.background', 'mp.older', 'mp.burst', 'mp.hidden'],
  budgets: [
    ...within('mp.open', BUDGETS.open),
    ...within('mp.append', BUDGETS.append),
    ...within('mp.append.scrolled', BUDGETS.appendScrolled),
    ...within('mp.status', BUDGETS.status),
    ...CHANGES.flatMap((name) => within(`mp.${name}`, BUDGETS[name])),
    ...within('amend.outside', BUDGETS.outside),
    ...within('mp.readmark', BUDGETS.readMark),
    ...within('mp.typing', BUDGETS.typing),
    ...within('mp.menu', BUDGETS.menu),
    ...within('mp.keystroke', BUDGETS.firstKey),
    { name: 'mp.keystroke', figure: 'nextCalls', atMost: BUDGETS.nextKeys.calls },
    ...within('mp.emoji', BUDGETS.emoji),
    ...within('mp.background', BUDGETS.background),
    ...within('mp.older', BUDGETS.older),
    ...within('mp.burst', BUDGETS.burst),
    { name: 'mp.burst', figure: 'lastMs', atMost: BURST_LAST_MS },
    ...within('mp.hidden', BUDGETS.background),
    { name: 'mp.hidden', figure: 'shownCalls', atMost: BUDGETS.shown.calls },
    { name: 'mp.hidden', figure: 'shownBytes', atMost: BUDGETS.shown.bytes },
  ],
  async *run({ quick }) {
    const dist = await built(PRODUCT)
    for (const n of quick ? QUICK_LENGTHS : LENGTHS) yield* inScenes((now) => threadsPhone(n, now), { dist }, (scene) => ofThread(scene, n, quick ? 1 : TIMES))
  },
}

const list: Benchmark = {
  names: ['mp.list.move'],
  budgets: within('mp.list.move', BUDGETS.listMove),
  async *run({ quick }) {
    const dist = await built(PRODUCT)
    const n = quick ? 100 : CONVERSATIONS
    yield* inScenes((now) => crowdedPhone(n, n * 100, now), { dist }, async function* (scene): AsyncIterable<Result> {
      // From the end, from the middle, and from within the rendered rows.
      const costs: Cost[] = []
      for (const index of [n - 1, n / 2, 25, 7, 1]) costs.push(await scene.move(crowdId(index)))
      yield result('mp.list.move', n, costs)
    })
  },
}

export const miniProgram: readonly Benchmark[] = [thread, list]

async function* ofThread(scene: Scene, n: number, times: number): AsyncIterable<Result> {
  const opens: Cost[] = []
  const olders: Cost[] = []
  const keys: { first: Cost; next: Cost }[] = []
  const emojis: Cost[] = []
  const statuses: Cost[] = []
  const menus: Cost[] = []
  const changes: Record<(typeof CHANGES)[number], Cost>[] = []
  const outside: Cost[] = []
  const readMarks: Cost[] = []
  const typings: Cost[] = []
  const backgrounds: Cost[] = []
  const shown: Cost[] = []
  const visit = async (conversation: ConversationId) => {
    opens.push(await scene.openThread(conversation))
    olders.push(await scene.older())
    keys.push(await scene.keystrokes(2_000))
    emojis.push(await scene.emoji(2_000))
    if (conversation === PEER) {
      statuses.push(await scene.status())
      readMarks.push(await scene.readMark())
      typings.push(...Object.values(await scene.typing()))
    }
    changes.push(await scene.changes(conversation))
    // All messages of a short log are rendered.
    if (conversation === PEER && n >= 500) outside.push(await scene.reactOutside(PEER))
    menus.push(await scene.menu())
    backgrounds.push(await scene.background(10))
    shown.push(await scene.backToList())
  }
  for (let time = 0; time < times; time++) for (const conversation of [PEER, CHANNEL]) await visit(conversation)
  yield result('mp.open', n, opens)
  yield result('mp.older', n, olders)
  yield result('mp.status', n, statuses)
  for (const name of CHANGES) yield result(`mp.${name}`, n, changes.map((each) => each[name]))
  if (outside.length > 0) yield result('amend.outside', n, outside)
  yield result('mp.readmark', n, readMarks)
  yield result('mp.typing', n, typings)
  yield result('mp.menu', n, menus)
  const [first, next] = [keys.map((one) => one.first), keys.map((one) => one.next)]
  yield withMore(result('mp.keystroke', n, first), { nextCalls: Math.max(...next.map(({ calls }) => calls)), nextBytes: Math.max(...next.map(({ bytes }) => bytes)) })
  yield result('mp.emoji', n, emojis)
  yield result('mp.background', n, backgrounds)
  const hidden = result('mp.hidden', n, backgrounds)
  yield withMore(hidden, { shownCalls: Math.max(...shown.map(({ calls }) => calls)), shownBytes: Math.max(...shown.map(({ bytes }) => bytes)) })

  const appends: Cost[] = []
  for (const conversation of [PEER, CHANNEL]) {
    await scene.openThread(conversation)
    for (let i = 0; i < (times === 1 ? 2 : APPENDS); i++) appends.push(await scene.append(conversation))
    if (conversation === PEER) await scene.backToList()
  }
  yield result('mp.append', n, appends)

  if (scene.phone.clock) {
    yield { name: 'mp.burst', n, figures: { ...(await scene.burst()) } }
  } else {
    const bursts: number[] = []
    for (let time = 0; time < Math.min(times, 3); time++) bursts.push(await scene.burstTime())
    yield { name: 'mp.burst', n, figures: { lastMs: median(bursts) } }
  }
  await scene.backToList()

  // In Node the user counts as scrolled up when the newest message is no longer rendered: that needs a long log.
  if (n < 500) return
  await scene.openThread(PEER)
  await scene.scrollUp()
  const scrolled: Cost[] = []
  for (let i = 0; i < 5; i++) scrolled.push(await scene.appendScrolled(PEER))
  yield result('mp.append.scrolled', n, scrolled)
}

/** A figure in ms. The others are counts. */
const isTime = (figure: string) => /ms$/i.test(figure)

/** Runs twice: with a stepped clock for the counts, which are then the same on every machine, and in real time for the durations. */
async function* inScenes(stored: (now: number) => Promise<StoredPhone>, options: StartOptions, run: (scene: Scene) => AsyncIterable<Result>): AsyncIterable<Result> {
  const counted = new Map<string, Result>()
  for await (const result of inScene(await stored(STEPPED_CLOCK_START), { ...options, clock: new SteppedClock() }, run)) counted.set(result.name, result)
  for await (const timed of inScene(await stored(Date.now()), options, run)) {
    const counts = Object.entries(counted.get(timed.name)?.figures ?? {}).filter(([figure]) => !isTime(figure))
    const times = Object.entries(timed.figures).filter(([figure]) => isTime(figure))
    yield { ...timed, figures: Object.fromEntries([...counts, ...times]) }
  }
}

async function* inScene(stored: StoredPhone, options: StartOptions, run: (scene: Scene) => AsyncIterable<Result>): AsyncIterable<Result> {
  try {
    const scene = await Scene.open(startInNode, stored, options)
    const problems: string[] = []
    try {
      yield* run(scene)
    } finally {
      problems.push(...(await scene.close()))
    }
    if (problems.length > 0) throw new Error(`problems on the phone:\n${problems.join('\n')}`)
  } finally {
    stored.remove()
  }
}

/** The maximum of calls and bytes, which do not vary with the machine, and the median of the times. */
function result(name: string, n: number, costs: readonly Cost[]): Result {
  const most = (figure: 'calls' | 'bytes') => Math.max(...costs.map((cost) => cost[figure]))
  return { name, n, figures: { calls: most('calls'), bytes: most('bytes'), ms: median(costs.map(({ ms }) => ms)) } }
}

function withMore(base: Result, more: Readonly<Record<string, number>>): Result {
  return { ...base, figures: { ...base.figures, ...more } }
}
