/** One run: four compiled clients and the gateway, a plan of faults, and the content of the disks afterwards. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConversationId } from '../../src/chat/conversation/conversation'
import { beforeChanges, judgeChanges, type Changes, type Touched } from './changes'
import { readDisk, type DiskHistory } from './disk-history'
import { GatewayProcess } from './gateway-process'
import { Person, type Change } from './person'
import { judgePictures, pictureOf, PICTURE_SHARE, type PictureBytes } from './pictures'
import { CHANNEL_SHARE, PARTNER, PEOPLE, planOf, type Fault, type Plan, type Uid } from './plan'
import { Proxy } from './proxy'
import { between, oneOf, randomOf } from './random'
import type { Trace } from './trace'
import { CHANNEL_CONVERSATION, judge, pictureWords, type Typed, type Verdict } from './verdict'
import type { ProgramLife } from './window'

/** The pause between two messages of one user, ms. */
const TYPING_MS = [80, 380] as const
/** After the faults all messages must be on their way again within this time: WeChat's and RTM's own longest waits and a few retries. */
const SETTLE_TIMEOUT_MS = 90_000
const SETTLE_POLL_MS = 500
/** This many checks in a row must find nothing waiting. */
const SETTLED_TIMES = 3
/** After this share of messages its user also changes one. */
const CHANGE_SHARE = 0.4
const CHANGES: readonly Change[] = ['react', 'react', 'edit', 'edit', 'recall', 'quote']
/** A message whose upload took longer may be behind later ones. */
const UPLOAD_BLOCKS_MS = 30_000
const FILLER = ['', '好的', '收到，三点见 👍', '“引号”与 {"v":1} 都照样写', '第一行\n第二行', '长'.repeat(300)]

export interface RunOptions {
  readonly seed: number
  readonly messages: number
  /** The build of the mini program. */
  readonly dist?: string
  /** Receives the events, also of an unfinished run. */
  readonly trace: Trace
}

export interface RunResult {
  readonly plan: Plan
  readonly verdict: Verdict
  /** Edits, recalls, reactions, quotes and read marks. */
  readonly changes: Changes
  readonly pictures: PictureBytes & {
    readonly sent: number
    /** Uploads that took so long that they let others pass, those that went on after they broke off, and the requests that a fault broke off. */
    readonly slow: number
    readonly resumed: number
    readonly broken: number
  }
  readonly trace: Trace
  readonly lives: Readonly<Record<Uid, readonly ProgramLife[]>>
  readonly histories: Readonly<Record<Uid, DiskHistory>>
  /** Kills of the gateway and of clients that were survived, and connections that a fault ended. */
  readonly restarts: { readonly gateway: number; readonly clients: number; readonly torn: number }
  readonly cuts: number
  readonly doubledFrames: number
  /** The writes refused by failing disks. */
  readonly refused: number
  /** What still waited when the time was over. Empty: nothing. */
  readonly unsettled: readonly string[]
  /** console.error, uncaught errors, the gateway's standard error, unreadable storage. */
  readonly problems: readonly string[]
  readonly ms: { readonly faults: number; readonly settling: number; readonly all: number }
}

export async function runFaults({ seed, messages, dist, trace }: RunOptions): Promise<RunResult> {
  const startedAt = Date.now()
  const plan = planOf(seed, messages)
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), `faults-${seed}-`))
  const gateway = new GatewayProcess(path.join(dir, 'gateway'))
  const people: Person[] = []
  try {
    await gateway.start()
    for (const uid of PEOPLE) people.push(await personOf(uid, plan, dir, dist, gateway, trace))
    // One after the other: a mini program starts in a tenth of a second.
    for (const person of people) await person.begin()

    const faultsFrom = Date.now()
    const { typed, touched } = await typeAmidFaults(plan, people, gateway, trace)
    for (const { proxy } of people) proxy.calm()
    trace.event('the faults are over')
    const settlingFrom = Date.now()
    const unsettled = await settle(people)
    const settledAt = Date.now()
    for (const person of people) await person.stop()
    const histories = Object.fromEntries(await Promise.all(people.map(async ({ uid, dir: disk }) => [uid, await readDisk(disk, uid)]))) as Record<Uid, DiskHistory>
    const byUid = <T>(of: (person: Person) => T) => Object.fromEntries(people.map((person) => [person.uid, of(person)])) as Record<Uid, T>
    const lives = byUid((person) => person.presence())
    const logs = byUid(({ uid }) => histories[uid].logs)
    const pictures = await judgePictures(logs, gateway.url.replace(/^ws/, 'http'), (uid) => path.join(dir, uid))
    await gateway.kill()
    const taken = trace.taken()
    const passed = new Set(typed.filter(({ text, at }) => (trace.uploaded.get(text) ?? 0) - at > UPLOAD_BLOCKS_MS).map(({ text }) => text))
    const verdict = judge({ ...beforeChanges({ typed, logs, taken }, touched), lives, passed })
    const changes = judgeChanges({ logs, taken, lives, conversations: byUid(({ uid }) => histories[uid].conversations) })
    const sum = (of: (person: Person) => number) => people.reduce((total, person) => total + of(person), 0)
    return {
      plan,
      verdict,
      changes,
      pictures: {
        ...pictures,
        sent: typed.filter(({ shown, isPicture }) => shown && isPicture).length,
        slow: passed.size,
        resumed: trace.resumed.size,
        broken: sum(({ proxy }) => proxy.http.broken),
      },
      trace,
      lives,
      histories,
      // The last kill of the gateway ends the run.
      restarts: { gateway: gateway.kills - 1, clients: sum(({ kills }) => kills), torn: sum(({ tornKills }) => tornKills) },
      cuts: sum(({ proxy }) => proxy.cuts),
      doubledFrames: sum(({ proxy }) => proxy.doubled),
      refused: sum(({ refused }) => refused),
      unsettled,
      problems: [
        ...people.flatMap(({ uid, problems }) => problems.map((problem) => `${uid}: ${problem}`)),
        ...PEOPLE.filter((uid) => histories[uid].damaged > 0).map((uid) => `${uid}: ${histories[uid].damaged} messages or conversations cannot be read`),
        ...(gateway.stderr === '' ? [] : [`gateway: ${gateway.stderr}`]),
      ],
      ms: { faults: settlingFrom - faultsFrom, settling: settledAt - settlingFrom, all: Date.now() - startedAt },
    }
  } finally {
    for (const person of people) {
      person.die()
      await person.proxy.close()
    }
    await gateway.kill()
    fs.rmSync(dir, { recursive: true, force: true })
  }
}

async function personOf(uid: Uid, plan: Plan, dir: string, dist: string | undefined, gateway: GatewayProcess, trace: Trace): Promise<Person> {
  const life = () => person.presence().length
  const proxy = await Proxy.start(() => gateway.url, plan.noise, randomOf(plan.seed, `network of ${uid}`), {
    up: (frame) => trace.up(uid, life(), frame),
    down: (frame) => trace.down(uid, life(), frame),
    http: (exchange) => trace.http(uid, exchange),
  })
  const person: Person = new Person(uid, path.join(dir, uid), proxy, dist, randomOf(plan.seed, `disk of ${uid}`))
  return person
}

/** All users type until the screens have shown this many messages. The faults happen in between. */
async function typeAmidFaults(plan: Plan, people: readonly Person[], gateway: GatewayProcess, trace: Trace): Promise<{ typed: Typed[]; touched: Touched[] }> {
  const touched: Touched[] = []
  const typed: { -readonly [Key in keyof Typed]: Typed[Key] }[] = []
  const waiting = [...plan.faults]
  const running: Promise<void>[] = []
  let gatewayTurn: Promise<void> = Promise.resolve()
  let begun = 0
  let shown = 0

  const carryOut = async (fault: Fault): Promise<void> => {
    if (fault.kind === 'gateway killed') {
      gatewayTurn = gatewayTurn.then(async () => {
        await gateway.kill(fault.frozenMs)
        await sleep(fault.downMs)
        await gateway.start()
        trace.event('the gateway is back')
      })
      return gatewayTurn
    }
    const person = people.find(({ uid }) => uid === fault.who)
    if (!person) throw new Error(`nobody is called ${fault.who}`)
    if (fault.kind === 'client killed') return person.kill(fault.torn, fault.downMs)
    if (fault.kind === 'app hidden') return person.hide(fault.ms)
    if (fault.kind === 'disk fails') return person.failDisk(fault.how, fault.share, fault.ms)
    // A cut needs something to cut.
    for (let tries = 0; tries < 200 && !person.proxy.cut(fault.how, fault.ms); tries++) await sleep(50)
  }
  const strike = () => {
    for (let next = waiting[0]; next && next.after <= shown; next = waiting[0]) {
      waiting.shift()
      const { fault } = next
      trace.event(`${shown} messages: ${JSON.stringify(fault)}`)
      const over = carryOut(fault).then(() => trace.event(`over: ${JSON.stringify(fault)}`))
      // Awaited at the end. Until then a failure has a handler, so that the run ends with its own message.
      over.catch(() => undefined)
      running.push(over)
    }
  }
  const type = async (person: Person): Promise<void> => {
    const { uid } = person
    const random = randomOf(plan.seed, `typing of ${uid}`)
    const album = randomOf(plan.seed, `album of ${uid}`)
    for (let number = 1; begun < plan.messages; number++) {
      begun++
      await sleep(between(random, ...TYPING_MS))
      await person.awake()
      const conversation: ConversationId = random() < CHANNEL_SHARE ? CHANNEL_CONVERSATION : `peer:${PARTNER[uid]}`
      const words = `${uid} ${number} ${oneOf(random, FILLER)}`.trimEnd()
      const picture = album() < PICTURE_SHARE ? await pictureOf(album) : undefined
      const text = picture ? pictureWords(picture.sha256) : words
      const message = { from: uid, conversation, text, at: Date.now(), shown: false, isPicture: picture !== undefined }
      typed.push(message)
      trace.told(text, `${uid} types it for ${conversation}`)
      message.shown = picture ? await person.sendPicture(conversation, picture) : await person.say(conversation, text)
      trace.told(text, message.shown ? 'its row is on the screen' : 'the program was killed before its row was on the screen')
      // A message that never appeared was not sent. Another one replaces it.
      if (message.shown) shown++
      else begun--
      strike()
      if (message.shown && random() < CHANGE_SHARE) {
        const began = (id: string, words: string) => {
          // The first time it has its first words.
          if (!touched.some((one) => one.from === uid && one.id === id)) touched.push({ from: uid, id, text: words })
        }
        const change = oneOf(random, CHANGES)
        trace.event(`${uid}: ${change}`)
        await person.change(change, `${words} 改`, (count) => Math.floor(random() * count), began)
      }
    }
  }
  await Promise.all(people.map(type))
  await Promise.all(running)
  return { typed, touched }
}

/** Waits until all outboxes are empty and no screen says that something is unsaved. Resolves to what still waits when the time is over. */
async function settle(people: readonly Person[]): Promise<string[]> {
  const deadline = Date.now() + SETTLE_TIMEOUT_MS
  let still: string[] = []
  for (let quiet = 0; quiet < SETTLED_TIMES; ) {
    still = (await Promise.all(people.map(whatWaits))).flat()
    quiet = still.length === 0 ? quiet + 1 : 0
    if (Date.now() > deadline) return still.length > 0 ? still : ['never at rest for long']
    await sleep(SETTLE_POLL_MS)
  }
  return []
}

async function whatWaits(person: Person): Promise<string[]> {
  const { conversations } = await readDisk(person.dir, person.uid)
  const pending = conversations.filter((conversation) => conversation.pending.length > 0)
  const outbox = pending.map(({ id, pending: seqs }) => `${person.uid}: ${seqs.length} in the outbox for ${id} (seq ${seqs.slice(0, 5).join(', ')})`)
  for (const { id, actions = [], markFrom } of conversations) {
    if (actions.length > 0) outbox.push(`${person.uid}: ${actions.length} changes of messages of ${id}: ${JSON.stringify(actions[0])}`)
    if (markFrom !== undefined) outbox.push(`${person.uid}: read marks for ${id} from seq ${markFrom}`)
  }
  return (await person.isAtRest()) ? outbox : [...outbox, `${person.uid}: the screen says “${await person.warning()}”`]
}
