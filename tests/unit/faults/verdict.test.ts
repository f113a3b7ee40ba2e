// The verdict of the fault run must see every fault: histories made by hand, each with one fault in it.
import { describe, expect, it } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import { PARTNER, PEOPLE, type Uid } from '../../faults/plan'
import { CHANNEL_CONVERSATION, isFlawless, judge, pictureWords, verdictLine, type Outcome, type Typed } from '../../faults/verdict'

const START = 1_767_225_600_000
const ALWAYS = [{ from: START - 60_000, to: Number.POSITIVE_INFINITY, joined: [{ from: START - 50_000, to: Number.POSITIVE_INFINITY }] }]

type Histories = Record<Uid, Map<ConversationId, Message[]>>

/** All users have everything, as after a run without faults. */
function flawless() {
  const typed: Typed[] = []
  const type = (from: Uid, conversation: ConversationId, text: string) => typed.push({ from, conversation, text, at: START + typed.length * 100, shown: true })
  for (const round of [1, 2, 3]) {
    for (const uid of PEOPLE) type(uid, `peer:${PARTNER[uid]}`, `${uid} ${round}`)
    for (const uid of PEOPLE) type(uid, CHANNEL_CONVERSATION, `${uid} to all ${round}`)
  }
  const histories: Histories = { alice: new Map(), bob: new Map(), carol: new Map(), dave: new Map() }
  for (const message of typed) {
    keep(histories, message.from, message.conversation, message, 'delivered')
    const others = message.conversation === CHANNEL_CONVERSATION ? PEOPLE.filter((uid) => uid !== message.from) : [PARTNER[message.from]]
    for (const owner of others) keep(histories, owner, message.conversation === CHANNEL_CONVERSATION ? CHANNEL_CONVERSATION : `peer:${message.from}`, message, 'received')
  }
  const taken = typed.filter(({ conversation }) => conversation === CHANNEL_CONVERSATION).map(({ text, at }) => ({ text, at, isExact: true }))
  return { typed, histories, taken }
}

function keep(histories: Histories, owner: Uid, conversation: ConversationId, { from, text, at }: Typed, status: Message['status']): void {
  const log = histories[owner].get(conversation) ?? []
  log.push({ seq: log.length, id: `id of ${text}`, from, at, body: { kind: 'text', text }, status })
  histories[owner].set(conversation, log)
}

function judged({ typed, histories, taken }: ReturnType<typeof flawless>, lives: Outcome['lives'] = { alice: ALWAYS, bob: ALWAYS, carol: ALWAYS, dave: ALWAYS }) {
  return judge({ typed, logs: histories, taken, lives })
}

const fates = (verdict: ReturnType<typeof judge>) => verdict.findings.map(({ fate, owner, text }) => `${fate}: ${text} (${owner})`)

describe('the verdict of a fault run', () => {
  it('finds nothing if nothing is wrong, and counts', () => {
    const verdict = judged(flawless())
    expect(isFlawless(verdict)).toBe(true)
    expect(verdict).toMatchObject({
      peer: { sent: 12, lost: 0, doubled: 0, disordered: 0 },
      channel: { sent: 12, lost: 0, doubled: 0, disordered: 0, pairs: 36, inWindow: 36 },
    })
    expect(verdictLine(verdict, { restarts: 3, cuts: 7 })).toBe(
      "peer messages: sent 12, lost 0, doubled 0, out of order per sender 0; channel messages to members within the contract's window: lost 0, doubled 0; restarts survived 3; cuts survived 7",
    )
  })

  it('knows a picture by its bytes: a lost one, a doubled one, and one that its user never chose', () => {
    const run = flawless()
    const [own, received] = [run.histories.alice.get('peer:bob')!, run.histories.bob.get('peer:alice')!]
    const sha = 'a'.repeat(64)
    const shown = (log: Message[], sha256: string) => {
      const index = log.findIndex(({ from }) => from === 'alice')
      log[index] = { ...log[index]!, body: { kind: 'image', sha256 } as unknown as Message['body'] }
      return log[index]
    }
    run.typed[0] = { ...run.typed[0]!, text: pictureWords(sha) }
    shown(own, sha)
    const picture = shown(received, sha)
    expect(isFlawless(judged(run))).toBe(true)
    received.push({ ...picture, seq: received.length })
    expect(judged(run).peer).toMatchObject({ lost: 0, doubled: 1 })
    received.pop()
    shown(received, 'b'.repeat(64))
    expect(fates(judged(run))).toEqual(expect.arrayContaining([`lost: ${pictureWords(sha)} (bob)`, `foreign: ${pictureWords('b'.repeat(64))} (bob)`]))
  })

  it('lets only a message with a long upload be behind later ones, and counts it', () => {
    const run = flawless()
    const log = run.histories.bob.get('peer:alice')!
    const first = log.findIndex(({ from }) => from === 'alice')
    const [late] = log.splice(first, 1) as [Message]
    log.push({ ...late, seq: log.length })
    expect(judged(run).peer.disordered).toBe(1)
    const words = (late.body as { text: string }).text
    const verdict = judge({ typed: run.typed, logs: run.histories, taken: run.taken, lives: { alice: ALWAYS, bob: ALWAYS, carol: ALWAYS, dave: ALWAYS }, passed: new Set([words]) })
    expect([isFlawless(verdict), verdict.lateUploads]).toEqual([true, 1])
  })

  it.each(['alice', 'bob'] as const)('sees a peer message that is missing in the log of %s', (owner) => {
    const run = flawless()
    run.histories[owner].get(`peer:${PARTNER[owner]}`)!.splice(run.histories[owner].get(`peer:${PARTNER[owner]}`)!.findIndex(({ from }) => from === 'alice'), 1)
    const verdict = judged(run)
    expect(verdict.peer).toMatchObject({ lost: 1, doubled: 0, disordered: 0 })
    expect(fates(verdict)).toEqual([`lost: alice 1 (${owner})`])
  })

  it.each(['carol', 'dave'] as const)('sees a peer message that is twice in the log of %s', (owner) => {
    const run = flawless()
    const log = run.histories[owner].get(`peer:${PARTNER[owner]}`)!
    const last = log.findLast(({ from }) => from === 'carol')!
    log.push({ ...last, seq: log.length })
    const verdict = judged(run)
    expect(verdict.peer).toMatchObject({ lost: 0, doubled: 1, disordered: 0 })
    expect(fates(verdict)).toEqual([`doubled: carol 3 (${owner})`])
  })

  it('sees two messages of one sender in the wrong order, but not two of different senders', () => {
    const run = flawless()
    const log = run.histories.bob.get('peer:alice')!
    const [first, second] = log.flatMap(({ from }, index) => (from === 'alice' ? [index] : []))
    const [before, after] = [log[first!]!, log[second!]!]
    log[first!] = after
    log[second!] = before
    expect(judged(run).peer).toMatchObject({ lost: 0, doubled: 0, disordered: 1 })

    const other = flawless()
    other.histories.bob.get('peer:alice')!.splice(0, 2, ...other.histories.bob.get('peer:alice')!.slice(0, 2).reverse())
    expect(isFlawless(judged(other))).toBe(true)
  })

  it('sees a channel message that a member within the window lacks, or has twice, or out of order', () => {
    const missing = flawless()
    missing.histories.dave.get(CHANNEL_CONVERSATION)!.shift()
    expect(judged(missing).channel).toMatchObject({ lost: 1, doubled: 0, disordered: 0 })

    const twice = flawless()
    const log = twice.histories.dave.get(CHANNEL_CONVERSATION)!
    log.push(log.at(-1)!)
    expect(judged(twice).channel).toMatchObject({ lost: 0, doubled: 1, disordered: 0 })

    const turned = flawless()
    turned.histories.dave.get(CHANNEL_CONVERSATION)!.reverse()
    expect(judged(turned).channel).toMatchObject({ lost: 0, doubled: 0, disordered: 8 })
  })

  it('requires no message of a member outside the window, but reports doubles', () => {
    const run = flawless()
    const log = run.histories.dave.get(CHANNEL_CONVERSATION)!
    const lives = { alice: ALWAYS, bob: ALWAYS, carol: ALWAYS, dave: [] }
    const first = log.shift()!
    expect(judged(run, lives).channel).toMatchObject({ lost: 0, doubled: 0, pairs: 36, inWindow: 27 })
    log.unshift(first, first)
    expect(judged(run, lives).channel).toMatchObject({ lost: 0, doubled: 1 })

    const unsure = flawless()
    unsure.taken[0] = { ...unsure.taken[0]!, isExact: false }
    unsure.histories.dave.get(CHANNEL_CONVERSATION)!.shift()
    expect(judged(unsure).channel).toMatchObject({ lost: 0, pairs: 36, inWindow: 33 })
  })

  it('accepts a message that was never shown: missing everywhere, or everywhere once', () => {
    const unshown: Typed = { from: 'alice', conversation: 'peer:bob', text: 'alice 4', at: START + 9_000, shown: false }
    const nowhere = flawless()
    nowhere.typed.push(unshown)
    expect(judged(nowhere)).toMatchObject({ unshown: 1, unshownFound: 0, peer: { sent: 12, lost: 0 } })

    const half = flawless()
    half.typed.push(unshown)
    keep(half.histories, 'alice', 'peer:bob', unshown, 'queued')
    expect(judged(half)).toMatchObject({ unshownFound: 1, peer: { sent: 12, lost: 1 } })

    // The receiver has a message that the sender's disk never had: it was sent before it was saved.
    const early = flawless()
    early.typed.push(unshown)
    keep(early.histories, 'bob', 'peer:alice', unshown, 'received')
    expect(judged(early).peer.lost).toBe(1)
  })

  it('sees texts that no user typed, messages given up, and channel messages that were never sent', () => {
    const garbled = flawless()
    garbled.histories.bob.get('peer:alice')![0] = { ...garbled.histories.bob.get('peer:alice')![0]!, body: { kind: 'text', text: 'alic' } }
    expect(fates(judged(garbled))).toEqual(['lost: alice 1 (bob)', 'foreign: alic (bob)'])

    const givenUp = flawless()
    givenUp.histories.alice.get('peer:bob')![0] = { ...givenUp.histories.alice.get('peer:bob')![0]!, status: 'failed' }
    expect(fates(judged(givenUp))).toEqual(['failed: alice 1 (alice)'])

    const silent = flawless()
    silent.taken.shift()
    for (const uid of ['bob', 'carol', 'dave'] as const) silent.histories[uid].get(CHANNEL_CONVERSATION)!.shift()
    expect(fates(judged(silent))).toEqual(['not out: alice to all 1 (alice)'])
    expect(judged(silent).strays).toBe(1)
  })
})
