/** What every adapter has to do, as a suite that each of them runs: first as a KeyValue, then under a history. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation'
import type { Message } from '@/src/chat/message'
import { createStorage } from '@/src/storage/history'
import type { KeyValue } from '@/src/storage/key-value'
import { personKeys } from '@/src/storage/keys'
import { type History, type Person, StorageError, type StorageFailure } from '@/src/storage/port'
import { alice, conversation, message, messages } from './make'

/** One device: what is on it outlives the KeyValues that are opened over it. */
export interface Device {
  open(): KeyValue
  /** Lets every commit fail so, or none any more. */
  fail(failure: StorageFailure | undefined): void
  dispose?(): void | Promise<void>
}

const HOSTILE = ['..', '.', 'a/b', '__proto__', 'constructor', 'a:b', '100%', ' ', 'alice', 'Alice', 'a\\b', 'toString', '.tmp', '0.tmp', 'null']

export function describeAdapter(name: string, createDevice: () => Device | Promise<Device>, { runs = 60 } = {}): void {
  describe(name, () => {
    let device: Device
    beforeEach(async () => {
      device = await createDevice()
    })
    afterEach(() => device.dispose?.())

    const open = (person: Person = alice): Promise<History> => createStorage(device.open()).openHistory(person)

    describe('key and value', () => {
      it('gives back what was put, also after a restart, and nothing where nothing was put', async () => {
        const kv = device.open()
        const value = { list: [1, 'zwei', null, { deep: true }], 键: '值 🎉' }
        await kv.commit([
          { type: 'put', key: 'log/p/c/0', value },
          { type: 'put', key: 'conversation/p/c', value },
        ])
        for (const opened of [kv, device.open()]) {
          expect(await opened.get('log/p/c/0')).toEqual(value)
          expect(await opened.get('conversation/p/c')).toEqual(value)
          expect(await opened.get('log/p/c/1')).toBeUndefined()
          expect(await opened.get('conversation/p')).toBeUndefined()
        }
      })

      it('does the writes of one commit in order', async () => {
        const kv = device.open()
        for (const key of ['log/p/c/0', 'draft/p/c']) {
          await kv.commit([
            { type: 'put', key, value: 1 },
            { type: 'delete', key },
            { type: 'put', key, value: 2 },
            { type: 'put', key, value: 3 },
          ])
          expect(await kv.get(key)).toBe(3)
          await kv.commit([{ type: 'delete', key }, { type: 'delete', key }])
          expect(await kv.get(key)).toBeUndefined()
        }
      })

      it('lists and clears one folder and no other', async () => {
        const kv = device.open()
        const put = (key: string) => ({ type: 'put', key, value: key }) as const
        await kv.commit(['log/p/c/0', 'log/p/c/1', 'log/p/cc/0', 'log/pp/c/0', 'draft/p/c', 'draft/p/cc', 'draft/pp/c'].map(put))
        const listed = async (folder: string) => (await kv.entries(folder)).map(([key, value]) => (key === value ? key : [key, value])).sort()
        expect(await listed('log/p/c/')).toEqual(['log/p/c/0', 'log/p/c/1'])
        expect(await listed('draft/p/')).toEqual(['draft/p/c', 'draft/p/cc'])
        expect(await listed('log/nobody/')).toEqual([])
        expect(await listed('draft/')).toEqual([])

        await kv.commit([{ type: 'clear', folder: 'log/p/c/' }, { type: 'clear', folder: 'draft/p/' }, { type: 'clear', folder: 'log/nobody/c/' }])
        expect(await listed('log/p/c/')).toEqual([])
        expect(await listed('log/p/cc/')).toEqual(['log/p/cc/0'])
        expect(await listed('log/pp/c/')).toEqual(['log/pp/c/0'])
        expect(await listed('draft/p/')).toEqual([])
        expect(await listed('draft/pp/')).toEqual(['draft/pp/c'])
      })

      it('keeps values as they were when they were put', async () => {
        const kv = device.open()
        const value = { list: [1] }
        await kv.commit([{ type: 'put', key: 'draft/p/c', value }])
        value.list.push(2)
        const read = (await kv.get('draft/p/c')) as typeof value
        expect(read).toEqual({ list: [1] })
        read.list.push(3)
        expect(await kv.get('draft/p/c')).toEqual({ list: [1] })
      })

      it('reads a value whole while it is being replaced', async () => {
        const kv = device.open()
        const replace = (value: number) => kv.commit([{ type: 'put', key: 'log/p/c/0', value }])
        await replace(0)
        let replacing = true
        const replaced = (async () => {
          for (let value = 1; value <= 20; value++) await replace(value)
          replacing = false
        })()
        const read: unknown[] = []
        while (replacing) {
          read.push(await kv.get('log/p/c/0'))
          await new Promise(setImmediate)
        }
        await replaced
        expect(read.every((value) => typeof value === 'number')).toBe(true)
        expect(read).toEqual([...read].sort((a, b) => Number(a) - Number(b)))
      })

      it('writes nothing of a commit that fails, and says why', async () => {
        const kv = device.open()
        await kv.commit([{ type: 'put', key: 'log/p/c/0', value: 'former' }, { type: 'put', key: 'conversation/p/c', value: 'former' }])
        for (const failure of ['full', 'failed'] as const) {
          device.fail(failure)
          const commit = kv.commit([
            { type: 'put', key: 'log/p/c/0', value: 'new' },
            { type: 'put', key: 'log/p/c/0', value: 'newer' },
            { type: 'put', key: 'log/p/c/1', value: 'new' },
            { type: 'put', key: 'conversation/p/c', value: 'new' },
          ])
          await expect(commit).rejects.toSatisfy((error) => error instanceof StorageError && error.failure === failure)
          device.fail(undefined)
          for (const opened of [kv, device.open()]) {
            expect(await opened.get('log/p/c/0')).toBe('former')
            expect(await opened.get('log/p/c/1')).toBeUndefined()
            expect(await opened.get('conversation/p/c')).toBe('former')
          }
        }
      })
    })

    describe('history', () => {
      const id: ConversationId = 'peer:bob'

      it('reads any part of a log, within a page and across pages, also after a restart', async () => {
        const history = await open()
        await history.write([{ conversation: conversation(id, 130), messages: messages(0, 130) }])
        for (const opened of [history, await open()]) {
          expect(await opened.messages(id, 0, 130)).toEqual(messages(0, 130))
          expect(await opened.messages(id, 49, 51)).toEqual(messages(49, 51))
          expect(await opened.messages(id, 100, 1000)).toEqual(messages(100, 130))
          expect(await opened.messages(id, -5, 2)).toEqual(messages(0, 2))
          expect(await opened.messages(id, 7, 7)).toEqual([])
          expect(await opened.messages('peer:carol', 0, 10)).toEqual([])
          expect(await opened.conversations()).toEqual({ conversations: [conversation(id, 130)], damaged: 0 })
        }
      })

      it('replaces a message that stands in the log', async () => {
        const history = await open()
        await history.write([{ conversation: conversation(id, 60), messages: messages(0, 60) }])
        const failed = message(3, 'own', { from: 'alice', status: 'failed', failure: { reason: 'rtm', operation: 'peerMessage', code: 2 } })
        await history.write([{ conversation: conversation(id, 60, { unread: 1 }), messages: [failed] }])
        for (const opened of [history, await open()]) {
          expect(await opened.messages(id, 2, 5)).toEqual([message(2), failed, message(4)])
          expect((await opened.conversations()).conversations).toEqual([conversation(id, 60, { unread: 1 })])
        }
      })

      it('keeps every kind of message and conversation', async () => {
        const history = await open()
        const channel = conversation('channel:a:b', 5, {
          preview: { from: 'alice', kind: 'text', text: '你好 🎉', status: 'queued' },
          unread: 3,
          readTo: 2,
          pending: [1, 4],
          left: true,
        })
        const kinds: Message[] = [
          message(0, '', { body: { kind: 'unsupported' } }),
          message(1, '', { from: '', body: { kind: 'notice', joined: ['__proto__'], left: [], joinedCount: 12, leftCount: 0 } }),
          message(2, '\u0000\u202e\ud83d', { status: 'delivered' }),
          message(3, '', { status: 'failed', failure: { reason: 'too-large' } }),
          message(4, '', { status: 'failed', failure: { reason: 'expired' } }),
        ]
        await history.write([{ conversation: channel, messages: kinds }])
        const opened = await open()
        expect(await opened.messages(channel.id, 0, 5)).toEqual(kinds)
        expect((await opened.conversations()).conversations).toEqual([channel])
      })

      it('keeps people and conversations with hostile ids apart', async () => {
        const ids = HOSTILE.flatMap((target): ConversationId[] => [`peer:${target}`, `channel:${target}`])
        for (const uid of ['alice', 'Alice', '..', '__proto__']) {
          const history = await open({ ...alice, uid })
          await history.write(ids.map((id) => ({ conversation: conversation(id, 1), messages: [message(0, `${uid} ${id}`)] })))
          await Promise.all(ids.map((id) => history.saveDraft(id, `draft ${uid} ${id}`)))
        }
        for (const uid of ['alice', 'Alice', '..', '__proto__']) {
          const history = await open({ ...alice, uid })
          expect((await history.conversations()).conversations.map(({ id }) => id).sort()).toEqual([...ids].sort())
          for (const id of ids) {
            expect(await history.messages(id, 0, 1)).toEqual([message(0, `${uid} ${id}`)])
            expect(await history.draft(id)).toBe(`draft ${uid} ${id}`)
          }
        }
        const another = await open({ appId: `${alice.appId.slice(0, -1)}0`, uid: 'alice' })
        expect(await another.conversations()).toEqual({ conversations: [], damaged: 0 })
        expect(Object.getPrototypeOf({})).toBe(Object.prototype)
      })

      it('takes 1,000 interleaved writes in a few commits and loses none', async () => {
        let commits = 0
        const kv = device.open()
        const counting: KeyValue = { get: kv.get, entries: kv.entries, commit: (writes) => (commits++, kv.commit(writes)) }
        const history = await createStorage(counting).openHistory(alice)
        const ids: ConversationId[] = ['peer:a', 'peer:b', 'channel:c']
        await Promise.all(
          Array.from({ length: 1_000 }, (_, i) => {
            const id = ids[i % ids.length]!
            const seq = Math.floor(i / ids.length)
            return history.write([{ conversation: conversation(id, seq + 1), messages: [message(seq, `${id} ${seq}`)] }])
          }),
        )
        expect(commits).toBeLessThan(10)
        const opened = await open()
        for (const [i, id] of ids.entries()) {
          const length = Math.ceil((1_000 - i) / ids.length)
          expect((await opened.messages(id, 0, 1_000)).map(({ body }) => body.kind === 'text' && body.text)).toEqual(
            Array.from({ length }, (_, seq) => `${id} ${seq}`),
          )
          expect((await opened.conversations()).conversations.find((c) => c.id === id)?.length).toBe(length)
        }
      })

      it('keeps drafts, and none for an empty one', async () => {
        const history = await open()
        expect(await history.draft(id)).toBe('')
        await history.saveDraft(id, '  早上\n好')
        expect(await (await open()).draft(id)).toBe('  早上\n好')
        await history.saveDraft(id, '')
        expect(await (await open()).draft(id)).toBe('')
        expect(await history.conversations()).toEqual({ conversations: [], damaged: 0 })
      })

      it('removes a conversation with its messages and its draft, and no other', async () => {
        const history = await open()
        for (const each of [id, 'peer:bobby', 'channel:bob'] as const) {
          await history.write([{ conversation: conversation(each, 60), messages: messages(0, 60) }])
          await history.saveDraft(each, 'draft')
        }
        await history.remove(id)
        for (const opened of [history, await open()]) {
          expect((await opened.conversations()).conversations.map((c) => c.id).sort()).toEqual(['channel:bob', 'peer:bobby'])
          expect(await opened.messages(id, 0, 60)).toEqual([])
          expect(await opened.draft(id)).toBe('')
          expect(await opened.messages('peer:bobby', 0, 60)).toHaveLength(60)
          expect(await opened.draft('channel:bob')).toBe('draft')
        }
        await history.write([{ conversation: conversation(id, 1), messages: [message(0, 'again')] }])
        expect(await (await open()).messages(id, 0, 60)).toEqual([message(0, 'again')])
      })

      it('counts conversations that cannot be read and leaves them out', async () => {
        const history = await open()
        await history.write([{ conversation: conversation(id, 1), messages: [message(0)] }])
        const keys = personKeys(alice)
        const good = conversation('peer:good', 0)
        await device.open().commit([
          { type: 'put', key: keys.conversation('peer:newer'), value: { v: 2, conversation: conversation('peer:newer', 0) } },
          { type: 'put', key: keys.conversation('peer:wrong'), value: { v: 1, conversation: { ...good, id: 'peer:wrong', length: -1 } } },
          { type: 'put', key: keys.conversation('peer:other'), value: { v: 1, conversation: good } },
          { type: 'put', key: keys.conversation('peer:null'), value: null },
        ])
        expect(await (await open()).conversations()).toEqual({ conversations: [conversation(id, 1)], damaged: 4 })
      })

      it('leaves out messages that cannot be read', async () => {
        const values = [message(0), { ...message(1), body: { kind: 'text' } }, null, { ...message(3), seq: 51 }, message(4)]
        await device.open().commit([{ type: 'put', key: personKeys(alice).page(id, 0), value: { v: 1, messages: values } }])
        expect(await (await open()).messages(id, 0, 100)).toEqual([message(0), message(4)])
      })

      it('rejects what it could not write, keeps what stood there, and goes on when the disk does', async () => {
        const history = await open()
        await history.write([{ conversation: conversation(id, 2), messages: messages(0, 2) }])
        await history.saveDraft(id, 'former')
        device.fail('full')
        const group = [
          history.write([{ conversation: conversation(id, 3), messages: [message(0, 'changed'), message(2)] }]),
          history.write([{ conversation: conversation(id, 120), messages: messages(2, 120) }]),
          history.saveDraft(id, 'new'),
        ]
        for (const result of await Promise.allSettled(group)) {
          expect(result).toMatchObject({ status: 'rejected', reason: { name: 'StorageError', failure: 'full' } })
        }
        device.fail(undefined)
        for (const opened of [history, await open()]) {
          expect(await opened.messages(id, 0, 200)).toEqual(messages(0, 2))
          expect((await opened.conversations()).conversations).toEqual([conversation(id, 2)])
          expect(await opened.draft(id)).toBe('former')
        }
        await history.write([{ conversation: conversation(id, 3), messages: [message(2)] }])
        expect(await (await open()).messages(id, 0, 200)).toEqual(messages(0, 3))
      })

      it('reads what a write that has resolved wrote, while others are on their way', async () => {
        const history = await open()
        const seen: number[] = []
        let length = 0
        const writer = async () => {
          for (let seq = 0; seq < 120; seq++) {
            await history.write([{ conversation: conversation(id, seq + 1), messages: [message(seq)] }])
            length = seq + 1
            await new Promise(setImmediate)
          }
        }
        const reader = async () => {
          while (length < 120) {
            const before = length
            const read = await history.messages(id, 0, 120)
            seen.push(before)
            expect(read.length).toBeGreaterThanOrEqual(before)
            expect(read).toEqual(messages(0, read.length))
            await new Promise(setImmediate)
          }
        }
        await Promise.all([writer(), reader()])
        expect(seen.length).toBeGreaterThan(1)
      })

      it('holds what a plain array holds, whatever is done in whatever order', async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 25 }), async (actions) => {
            await device.dispose?.()
            device = await createDevice()
            await againstModel(actions)
          }),
          { numRuns: runs },
        )
      })

      async function againstModel(actions: Action[]): Promise<void> {
        let history = await open()
        const logs = new Map<ConversationId, Message[]>()
        const drafts = new Map<ConversationId, string>()
        const written: Promise<void>[] = []
        for (const [n, act] of actions.entries()) {
          switch (act.type) {
            case 'append': {
              const log = logs.get(act.id) ?? []
              const added = Array.from({ length: act.count }, (_, i) => message(log.length + i, `${n}`))
              logs.set(act.id, [...log, ...added])
              written.push(history.write([{ conversation: conversation(act.id, log.length + act.count), messages: added }]))
              break
            }
            case 'replace': {
              const log = logs.get(act.id) ?? []
              if (log.length === 0) break
              const changed = message(act.at % log.length, `changed ${n}`)
              logs.set(act.id, log.with(changed.seq, changed))
              written.push(history.write([{ conversation: conversation(act.id, log.length), messages: [changed] }]))
              break
            }
            case 'draft':
              drafts.set(act.id, act.text)
              written.push(history.saveDraft(act.id, act.text))
              break
            case 'remove':
              logs.delete(act.id)
              drafts.delete(act.id)
              written.push(history.remove(act.id))
              break
            case 'fail': {
              await Promise.all(written)
              device.fail('failed')
              const lost = history.write([{ conversation: conversation(act.id, 500), messages: messages(0, 120, 'lost') }])
              await expect(lost).rejects.toBeInstanceOf(StorageError)
              device.fail(undefined)
              break
            }
            case 'restart':
              await Promise.all(written)
              history = await open()
          }
        }
        await Promise.all(written)
        for (const opened of [history, await open()]) {
          const { conversations, damaged } = await opened.conversations()
          expect(damaged).toBe(0)
          expect(new Map(conversations.map(({ id, length }) => [id, length]))).toEqual(new Map([...logs].map(([id, log]) => [id, log.length])))
          for (const id of IDS) {
            expect(await opened.messages(id, 0, 2_000)).toEqual(logs.get(id) ?? [])
            expect(await opened.draft(id)).toBe(drafts.get(id) ?? '')
          }
        }
      }
    })
  })
}

const IDS: ConversationId[] = ['peer:__proto__', 'channel:..', 'peer:a']

type Action =
  | { type: 'append'; id: ConversationId; count: number }
  | { type: 'replace'; id: ConversationId; at: number }
  | { type: 'draft'; id: ConversationId; text: string }
  | { type: 'remove' | 'fail' | 'restart'; id: ConversationId }

const id = fc.constantFrom(...IDS)
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ type: fc.constant('append' as const), id, count: fc.integer({ min: 0, max: 70 }) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('replace' as const), id, at: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('draft' as const), id, text: fc.string({ unit: 'grapheme' }) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('remove' as const, 'fail' as const, 'restart' as const), id }) },
)
