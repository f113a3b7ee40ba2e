/** The common behaviour of all adapters, as a suite that each of them runs: first as a KeyValue, then under a history. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Conversation, ConversationId } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import { createStorage } from '@/src/storage/history/create-storage'
import type { KeyValue, Write } from '@/src/storage/kv/key-value'
import { personKeys } from '@/src/storage/keys'
import { type History, type Person, StorageError, type StorageFailure } from '@/src/storage/port'
import { alice, conversation, message, messages } from './make'

/** One device: its data outlives the KeyValues that are opened over it. */
export interface Device {
  open(): KeyValue
  /** Makes every commit fail with it, or none any more. */
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

    /** Under one name: several are open at the same time to read the first one's data. */
    const open = (person: Person = alice): Promise<History> => createStorage(device.open(), () => 'one').openHistory(person)

    describe('key and value', () => {
      it('returns a put value, also after a restart, and undefined for a missing one', async () => {
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

      it('performs the writes of one commit in order', async () => {
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

      it('writes nothing of a failed commit, and says why', async () => {
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
          expect(await opened.conversations()).toEqual([conversation(id, 130)])
        }
      })

      it('replaces a message in the log', async () => {
        const history = await open()
        await history.write([{ conversation: conversation(id, 60), messages: messages(0, 60) }])
        const failed = message(3, 'own', { from: 'alice', status: 'failed', failure: { reason: 'timeout', operation: 'peerMessage', code: 2 } })
        await history.write([{ conversation: conversation(id, 60, { unread: 1 }), messages: [failed] }])
        for (const opened of [history, await open()]) {
          expect(await opened.messages(id, 2, 5)).toEqual([message(2), failed, message(4)])
          expect((await opened.conversations())).toEqual([conversation(id, 60, { unread: 1 })])
        }
      })

      it('keeps every kind of message and conversation', async () => {
        const history = await open()
        const channel = conversation('channel:a:b', 7, {
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
          message(5, '', { body: { kind: 'unsupported', raw: `{"v":9,"__proto__":{"a":1},"half":"\ud83d","lines":"\n\u2028","more":"${'\\"'.repeat(16_000)}"}` } }),
          message(6, '', { body: { kind: 'text', text: '好', raw: '{"v":1,"id":"id-6","kind":"text","text":"好","effect":{"id":"q"}}' } }),
        ]
        await history.write([{ conversation: channel, messages: kinds }])
        // A change of a message keeps its body, and so does a page that is rewritten as a whole.
        const read = { ...kinds[6]!, status: 'read' as const }
        for (let n = 0; n < 320; n++) await history.write([{ conversation: channel, messages: [n === 319 ? read : kinds[6]!] }])
        const opened = await open()
        expect(await opened.messages(channel.id, 0, 7)).toEqual(kinds.with(6, read))
        expect((await opened.conversations())).toEqual([channel])
      })

      it('separates users and conversations with hostile ids', async () => {
        const ids = HOSTILE.flatMap((target): ConversationId[] => [`peer:${target}`, `channel:${target}`])
        for (const uid of ['alice', 'Alice', '..', '__proto__']) {
          const history = await open({ ...alice, uid })
          await history.write(ids.map((id) => ({ conversation: conversation(id, 1), messages: [message(0, `${uid} ${id}`)] })))
          await Promise.all(ids.map((id) => history.saveDraft(id, `draft ${uid} ${id}`)))
        }
        for (const uid of ['alice', 'Alice', '..', '__proto__']) {
          const history = await open({ ...alice, uid })
          expect((await history.conversations()).map(({ id }) => id).sort()).toEqual([...ids].sort())
          for (const id of ids) {
            expect(await history.messages(id, 0, 1)).toEqual([message(0, `${uid} ${id}`)])
            expect(await history.draft(id)).toBe(`draft ${uid} ${id}`)
          }
        }
        const another = await open({ appId: `${alice.appId.slice(0, -1)}0`, uid: 'alice' })
        expect(await another.conversations()).toEqual([])
        expect(Object.getPrototypeOf({})).toBe(Object.prototype)
      })

      it('performs 1,000 interleaved writes in a few commits and loses none', async () => {
        let commits = 0
        const kv = device.open()
        const counting: KeyValue = { ...kv, commit: (writes, owner) => (commits++, kv.commit(writes, owner)) }
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
          expect((await opened.conversations()).find((c) => c.id === id)?.length).toBe(length)
        }
      })

      it('keeps drafts, and none for an empty one', async () => {
        const history = await open()
        expect(await history.draft(id)).toBe('')
        await history.saveDraft(id, '  早上\n好')
        expect(await (await open()).draft(id)).toBe('  早上\n好')
        await history.saveDraft(id, '')
        expect(await (await open()).draft(id)).toBe('')
        expect(await history.conversations()).toEqual([])
      })

      it('removes a conversation with its messages and its draft, and no other', async () => {
        const history = await open()
        for (const each of [id, 'peer:bobby', 'channel:bob'] as const) {
          await history.write([{ conversation: conversation(each, 60), messages: messages(0, 60) }])
          await history.saveDraft(each, 'draft')
        }
        await history.remove(id)
        for (const opened of [history, await open()]) {
          expect((await opened.conversations()).map((c) => c.id).sort()).toEqual(['channel:bob', 'peer:bobby'])
          expect(await opened.messages(id, 0, 60)).toEqual([])
          expect(await opened.draft(id)).toBe('')
          expect(await opened.messages('peer:bobby', 0, 60)).toHaveLength(60)
          expect(await opened.draft('channel:bob')).toBe('draft')
        }
        await history.write([{ conversation: conversation(id, 1), messages: [message(0, 'again')] }])
        expect(await (await open()).messages(id, 0, 60)).toEqual([message(0, 'again')])
      })

      it('keeps amendments that only a later version can read over a restart, each once, until it is cleared or removed', async () => {
        const history = await open()
        const amendment = (n: number, raw = `{"v":2,"n":${n}}`) => ({ from: 'bob', id: `a${n}`, at: n, raw })
        const other: ConversationId = 'channel:bob'
        const hostile = amendment(3, `{"v":2,\n"__proto__":{"a":1},"half":"\ud83d","lines":"\u2028"}`)
        await history.write([{ conversation: conversation(id, 1), messages: [message(0)], amendments: [amendment(1), hostile] }, { conversation: conversation(other, 0), amendments: [amendment(1)] }])
        await history.write([{ conversation: conversation(id, 1), amendments: [amendment(1, '{"v":2}'), { ...amendment(1), from: 'carol' }] }])
        const all = [amendment(1), hostile, { ...amendment(1), from: 'carol' }]
        for (const opened of [history, await open()]) {
          expect(await opened.amendments(id)).toEqual(all)
          expect(await opened.amendments(other)).toEqual([amendment(1)])
          expect(await opened.messages(id, 0, 9)).toEqual([message(0)])
          expect(await opened.conversations()).toHaveLength(2)
        }
        // One that arrives while the conversation is being cleared stays, as a message would. An empty one is cleared too.
        await Promise.all([
          history.write([{ conversation: conversation(id, 1), amendments: [amendment(4)] }]),
          history.write([{ conversation: conversation(id, 1, { start: 1 }), isCleared: true }]),
          history.write([{ conversation: conversation(id, 1, { start: 1 }), amendments: [amendment(5)] }]),
          history.write([{ conversation: conversation(other, 0), isCleared: true }]),
        ])
        for (const opened of [history, await open()]) {
          expect(await opened.amendments(id)).toEqual([amendment(5)])
          expect(await opened.amendments(other)).toEqual([])
        }
        expect(JSON.stringify(await device.open().list(personKeys(alice).amendments))).not.toContain('a4')
        await history.remove(id)
        for (const opened of [history, await open()]) expect(await opened.amendments(id)).toEqual([])
        expect(await device.open().list(personKeys(alice).amendments)).toEqual({ value: undefined, appended: [], unreadable: 0 })
      })

      it('leaves out unreadable messages, counts them, and keeps them where they are', async () => {
        const values = [message(0), { ...message(1), body: { kind: 'text' } }, null, { ...message(3), seq: 51 }, message(4)]
        const key = personKeys(alice).page(id, 0)
        await device.open().commit([{ type: 'put', key, value: { v: 1, messages: values } }])
        await device.open().commit([{ type: 'append', key, values: [{ message: message(5) }, { message: { seq: 6 } }, { seq: 9, status: 'sent' }, { seq: 5, status: 'mad' }] }])
        const history = await open()
        for (let again = 0; again < 2; again++) {
          expect(await history.messages(id, 0, 100)).toEqual([message(0), message(4), message(5)])
          expect(history.damage()).toEqual({ unreadable: 6, isUnreported: true })
        }
        await history.write(Array.from({ length: 700 }, (_, n) => ({ conversation: conversation(id, 6), messages: [message(5, `${n}`)] })))
        expect(await (await open()).messages(id, 0, 100)).toEqual([message(0), message(4), message(5, '699')])
        const kept = await device.open().list(key)
        expect(kept.value).toEqual({ v: 1, messages: JSON.parse(JSON.stringify(values)) })
        expect(kept.appended.length).toBeGreaterThan(700)
      })

      it('counts missing messages, and reports damage once', async () => {
        const first = await open()
        await first.write([{ conversation: conversation(id, 160, { start: 10 }), messages: messages(0, 160) }])
        await device.open().commit([{ type: 'delete', key: personKeys(alice).page(id, 1) }])
        const history = await open()
        expect(history.damage()).toEqual({ unreadable: 0, isUnreported: false })
        expect(await history.messages(id, 10, 160)).toEqual([...messages(10, 50), ...messages(100, 160)])
        expect(history.damage()).toEqual({ unreadable: 50, isUnreported: true })
        await history.markReported()
        expect(history.damage()).toEqual({ unreadable: 50, isUnreported: false })
        const again = await open()
        await again.messages(id, 0, 100)
        expect(again.damage()).toEqual({ unreadable: 50, isUnreported: false })
        await device.open().commit([{ type: 'delete', key: personKeys(alice).page(id, 3) }])
        const later = await open()
        await later.messages(id, 0, 200)
        expect(later.damage()).toEqual({ unreadable: 60, isUnreported: true })
        await later.write([{ conversation: conversation(id, 161, { start: 10 }), messages: [message(160)] }])
        expect((await (await open()).messages(id, 0, 200)).at(-1)).toEqual(message(160))
      })

      it('rewrites a page whose messages change often', async () => {
        const history = await open()
        for (let n = 0; n < 10; n++) {
          await history.write(Array.from({ length: 100 }, (_, m) => ({ conversation: conversation(id, 1), messages: [message(0, `${n} ${m}`)] })))
        }
        const { value, appended } = await device.open().list(personKeys(alice).page(id, 0))
        expect(value).toMatchObject({ messages: [{ seq: 0 }] })
        expect(appended.length).toBeLessThan(400)
        expect(await (await open()).messages(id, 0, 10)).toEqual([message(0, '9 99')])
      })

      it('deletes messages before the start of a conversation, but not those written with it', async () => {
        const history = await open()
        await history.write([{ conversation: conversation(id, 230), messages: messages(0, 230) }])
        const before = await history.usage()
        await history.write([{ conversation: conversation(id, 230, { start: 120 }) }])
        for (const opened of [history, await open()]) {
          expect((await opened.messages(id, 0, 300)).map(({ seq }) => seq)).toEqual(messages(100, 230).map(({ seq }) => seq))
          const { bytes, conversations } = await opened.usage()
          expect(bytes).toBeLessThan(before.bytes * 0.65)
          expect(bytes).toBeGreaterThan(before.bytes * 0.5)
          expect(conversations).toEqual([{ id, bytes, messages: 110, since: message(120).at }])
        }
        // Cleared, and in the same group one message more.
        await Promise.all([
          history.write([{ conversation: conversation(id, 230, { start: 230 }) }]),
          history.write([{ conversation: conversation(id, 231, { start: 230 }), messages: [message(230)] }]),
        ])
        for (const opened of [history, await open()]) {
          expect(await opened.messages(id, 0, 300)).toEqual([message(230)])
          expect((await opened.usage()).conversations).toMatchObject([{ messages: 1 }])
          expect((await opened.usage()).bytes).toBeLessThan(300)
        }
      })

      it('keeps a thousand conversations in an index that is read in pages, newest first, and costs a row to change', async () => {
        const words = '今天下午三点在老地方见面聊聊新项目的进展情况你看可以吗好的'
        const ids = Array.from({ length: 1_000 }, (_, n): ConversationId => `peer:user-${String(n).padStart(16, '0')}`)
        const of = (id: ConversationId, n: number) => {
          const preview = { from: id.slice(5), kind: 'text', text: words, status: 'ok' } as const
          return conversation(id, 0, { at: 1_700_000_000_000 + n, preview, unread: n % 3, pinned: n === 7 })
        }
        const history = await open()
        await history.write(ids.map((id, n) => ({ conversation: of(id, n) })))
        const kv = device.open()
        const read: string[] = []
        let bytes = 0
        const sized = <T>(key: string, value: T): T => {
          read.push(key)
          bytes += Buffer.byteLength(JSON.stringify(value) ?? '')
          return value
        }
        const counting: KeyValue = { ...kv, get: async (key) => sized(key, await kv.get(key)), list: async (key) => sized(key, await kv.list(key)) }
        const opened = await createStorage(counting).openHistory(alice)
        const first = bytes
        const all = await opened.conversations()
        expect(all.sort((a, b) => a.at - b.at)).toEqual(ids.map(of))
        expect(first).toBeLessThan(14_000)
        expect(bytes).toBeLessThan(230_000)
        expect(read.length).toBeLessThan(25)
        const { rows } = (await kv.list(`${personKeys(alice).index}1.0`)).value as { rows: unknown[][] }
        expect(rows.map(([id]) => id)).toEqual([ids[7], ...ids.slice(-49).reverse()])
      })

      it('rebuilds the index from its logs when it is lost or damaged', async () => {
        const history = await open()
        await history.write([
          { conversation: conversation(id, 130, { preview: { from: 'bob', kind: 'text', text: 'text 129', status: 'ok' }, at: message(129).at }), messages: messages(0, 130) },
          { conversation: conversation('channel:x', 1, { pending: [0] }), messages: [message(0, 'mine', { from: 'alice', status: 'queued' })] },
        ])
        const keys = personKeys(alice)
        await device.open().commit([{ type: 'clear', folder: keys.index }])
        for (const opened of [await open(), await open()]) {
          const back = new Map((await opened.conversations()).map((each) => [each.id, each] as const))
          expect(back.get(id)).toMatchObject({ length: 130, start: 0, preview: { text: 'text 129' }, at: message(129).at })
          expect(back.get('channel:x')).toMatchObject({ length: 1, pending: [0], preview: { text: 'mine', status: 'queued' } })
          expect(await opened.messages(id, 0, 200)).toEqual(messages(0, 130))
          await opened.write([{ conversation: { ...back.get(id)!, unread: 2 } }])
        }
        await device.open().commit([{ type: 'put', key: `${keys.index}meta`, value: 'garbage' }])
        const garbled = await open()
        expect((await garbled.conversations()).map((each) => each.id).sort()).toEqual(['channel:x', id])
        expect(garbled.damage().unreadable).toBeGreaterThan(0)
      })

      it('does not change the data of a later version, and rejects writes', async () => {
        const history = await open()
        await history.write([{ conversation: conversation(id, 1), messages: [message(0)] }])
        const key = `${personKeys(alice).index}meta`
        await device.open().commit([{ type: 'put', key, value: { v: 4, more: true } }])
        const closed = await open()
        expect(closed.damage()).toEqual({ unreadable: 0, isUnreported: false, closed: 'newer' })
        expect(await closed.conversations()).toEqual([])
        for (const attempt of [closed.write([{ conversation: conversation(id, 2), messages: [message(1)] }]), closed.saveDraft(id, 'x'), closed.remove(id)]) {
          await expect(attempt).rejects.toMatchObject({ name: 'StorageError', failure: 'newer' })
        }
        expect(await device.open().get(key)).toEqual({ v: 4, more: true })
      })

      it('takes over the data of the first format, and loses nothing when it is interrupted', async () => {
        const keys = personKeys(alice)
        const stored = ({ start: _start, pinned: _pinned, muted: _muted, ...former }: Conversation) => ({ v: 1, conversation: former })
        const former = [conversation(id, 60, { unread: 2, readTo: 58 }), conversation('channel:x', 0, { left: true })]
        await device.open().commit([
          ...former.map((each) => ({ type: 'put', key: keys.conversation(each.id), value: stored(each) }) as const),
          { type: 'put', key: keys.page(id, 0), value: { v: 1, messages: messages(0, 50) } },
          { type: 'put', key: keys.page(id, 1), value: { v: 1, messages: messages(50, 60) } },
          { type: 'put', key: keys.draft(id), value: { v: 1, text: 'unsent' } },
          { type: 'put', key: keys.conversation('peer:wrong'), value: { v: 1, conversation: { id: 'peer:wrong', length: -1 } } },
        ])
        for (const breaks of [true, false, false]) {
          const kv = device.open()
          const isIndex = (write: Write) => write.type === 'put' && write.key.startsWith(keys.index)
          const breaking: KeyValue = { ...kv, commit: (writes, owner) => (breaks && writes.some(isIndex) ? Promise.reject(new StorageError('failed', 'it broke')) : kv.commit(writes, owner)) }
          const history = await createStorage(breaking).openHistory(alice)
          const read = history.conversations()
          if (breaks) await expect(read).rejects.toBeInstanceOf(StorageError)
          else expect((await read).sort((a, b) => b.length - a.length)).toEqual(former)
        }
        const history = await open()
        expect(await history.messages(id, 0, 100)).toEqual(messages(0, 60))
        expect(await history.draft(id)).toBe('unsent')
        await history.write([{ conversation: conversation(id, 61), messages: [message(60), message(3, 'changed')] }])
        const again = await open()
        expect((await again.messages(id, 0, 100)).map(({ seq }) => seq)).toEqual(messages(0, 61).map(({ seq }) => seq))
        expect(await again.messages(id, 3, 4)).toEqual([message(3, 'changed')])
        // The unreadable data is still there.
        expect(await device.open().get(keys.conversation('peer:wrong'))).toBeDefined()
      })

      it('rejects a failed write, keeps the data before it, and continues when the disk does', async () => {
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
          expect((await opened.conversations())).toEqual([conversation(id, 2)])
        }
        // The typed text is there until the app ends.
        expect([await history.draft(id), await (await open()).draft(id)]).toEqual(['new', 'former'])
        await history.write([{ conversation: conversation(id, 3), messages: [message(2)] }])
        expect(await (await open()).messages(id, 0, 200)).toEqual(messages(0, 3))
      })

      it('reads the data of a resolved write, while others are in progress', async () => {
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

      it('equals a plain array, whatever is done in any order', async () => {
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
          const conversations = await opened.conversations()
          expect(opened.damage().unreadable).toBe(0)
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
