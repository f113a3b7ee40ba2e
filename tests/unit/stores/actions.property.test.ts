/** The changes of a message end in one state on all devices, in whichever order and however often they arrive. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import { isRecalled, type Message, shownBody } from '@/src/chat/message/message'
import type { Account } from '@/src/stores/chat/account'
import { MemoryDisk } from '../../support/memory-key-value'
import { eventually, openAccount } from './doubles'

const TEAM: ConversationId = 'channel:team'
const WORDS = ['first', 'second', 'third']
const EMOJIS = ['👍', '😂']

interface Sent {
  readonly from: string
  readonly text: string
}

const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant('edit' as const), words: fc.constantFrom(...WORDS) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('recall' as const) }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('react' as const), by: fc.constantFrom('alice', 'bob'), emoji: fc.constantFrom(...EMOJIS), on: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('forge' as const), kind: fc.constantFrom('edit', 'recall'), rev: fc.integer({ min: 1, max: 9 }) }) },
)

/** In which order a device receives what was sent: by the index of each. Some come twice. */
const orders = fc.array(fc.array(fc.nat({ max: 99 }), { minLength: 24, maxLength: 24 }), { minLength: 4, maxLength: 4 })

async function device(uid: string, wire: Sent[]): Promise<Account> {
  const account = await openAccount(new MemoryDisk(), { uid, sendToChannel: async (_channel, text) => void wire.push({ from: uid, text }) })
  await account.start('channel', 'team')
  return account
}

const receive = (account: Account, { from, text }: Sent) => account.inbox.receive('channel', 'team', from, { text }, { serverReceivedTs: 5_000 })
const first = async (account: Account) => (await account.conversations.log.newest(TEAM, [0]))[0]

/** Each of `sent` at least once, in an order that `keys` decides. */
function shuffled(sent: readonly Sent[], keys: readonly number[]): Sent[] {
  const copies = [...sent, ...sent.filter((_, index) => (keys[index % keys.length] ?? 0) % 2 === 0)]
  return copies.map((each, index) => ({ each, key: keys[(index * 7 + 3) % keys.length] ?? 0 })).sort((a, b) => a.key - b.key).map(({ each }) => each)
}

function shown(message: Message | undefined): unknown {
  if (!message) return undefined
  if (isRecalled(message)) return 'recalled'
  const reactions = (message.amended?.reactions ?? []).filter(({ on }) => on).map(({ by, emoji }) => `${by} ${emoji}`)
  return { body: shownBody(message), isEdited: message.amended?.edit !== undefined, reactions: reactions.sort() }
}

it('ends in one state on the devices of its author, of another one who acts, and of two readers; only the author changes the words', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 6 }), orders, async (actions, [forAlice = [], forBob = [], forCarol = [], forDave = []]) => {
      const wire: Sent[] = []
      const [alice, bob, carol, dave] = await Promise.all(['alice', 'bob', 'carol', 'dave'].map((uid) => device(uid, wire)))
      if (!alice || !bob || !carol || !dave) throw new Error('four devices are needed')
      await alice.own.send(TEAM, { kind: 'text', text: 'at first' })
      await eventually(() => expect(wire).toHaveLength(1))
      if (wire[0]) await receive(bob, wire[0])
      const id = (await first(alice))?.id ?? ''

      for (const [index, act] of actions.entries()) {
        if (act.does === 'forge') {
          const change = { v: 1, id: `forged-${index}`, kind: act.kind, quiet: true, target: { from: 'alice', id }, rev: act.rev, at: 1, text: 'forged' }
          wire.push({ from: 'mallory', text: JSON.stringify(change) })
          continue
        }
        const account = act.does === 'react' && act.by === 'bob' ? bob : alice
        const message = await first(account)
        if (!message) throw new Error('the message is not there')
        if (act.does === 'edit') await account.own.actions.edit(TEAM, message, act.words)
        else if (act.does === 'recall') await account.own.actions.recall(TEAM, message)
        else await account.own.actions.react(TEAM, message, act.emoji, act.on)
      }
      await eventually(() => expect([alice, bob].map((account) => account.conversations.get(TEAM)?.actions ?? [])).toEqual([[], []]))

      const arrive = async (account: Account, uid: string, keys: readonly number[]) => {
        for (const each of shuffled(wire.filter(({ from }) => from !== uid), keys)) expect(await receive(account, each)).toBe(true)
      }
      await Promise.all([arrive(alice, 'alice', forAlice), arrive(bob, 'bob', forBob), arrive(carol, 'carol', forCarol), arrive(dave, 'dave', forDave)])
      const states = (await Promise.all([alice, bob, carol, dave].map(first))).map(shown)
      expect(states.slice(1)).toEqual([states[0], states[0], states[0]])
      if (states[0] !== 'recalled') expect(['at first', ...WORDS].map((text) => ({ kind: 'text', text }))).toContainEqual((states[0] as { body: unknown }).body)
      await Promise.all([alice, bob, carol, dave].map((account) => account.close()))
    }),
    { numRuns: 60 },
  )
})
