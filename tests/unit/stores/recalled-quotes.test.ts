import { expect, it } from 'vitest'
import type { ConversationId } from '@/src/chat/conversation/conversation'
import type { Message } from '@/src/chat/message/message'
import { StorageError } from '@/src/storage/port'
import { quoteKey, RecalledQuotes } from '@/src/stores/chat/threads/recalled-quotes'
import { text } from './doubles'

const BOB: ConversationId = 'peer:bob'
const RECALLED = text(0, { amended: { recall: { rev: 1, at: 1, id: 'r1' } } })
const QUOTE = { id: RECALLED.id, from: RECALLED.from, text: 'a secret' }
const QUOTING = [text(1, { quote: QUOTE })]

/** `asked`: the ids of the messages that were looked up. */
function setup() {
  const asked: string[] = []
  const storage = { isFailing: false }
  const quotes = new RecalledQuotes({
    find(_id, refs) {
      asked.push(...refs.map(({ id }) => id))
      return storage.isFailing ? Promise.reject(new StorageError('failed', 'no storage')) : Promise.resolve(refs.map(() => 0))
    },
    newest: (_id, seqs): Promise<Message[]> => Promise.resolve(seqs.map(() => RECALLED)),
  })
  return { quotes, asked, storage, shown: () => [...quotes.of(BOB).value] }
}

it('looks a quoted message up once', async () => {
  const { quotes, asked, shown } = setup()
  await quotes.lookUp(BOB, QUOTING)
  await quotes.lookUp(BOB, QUOTING)
  expect(asked).toEqual([RECALLED.id])
  expect(shown()).toEqual([quoteKey(QUOTE)])
})

it('looks a quoted message up again if storage could not be read, and learns of its recall by then', async () => {
  const { quotes, asked, storage, shown } = setup()
  storage.isFailing = true
  await quotes.lookUp(BOB, QUOTING)
  expect(shown()).toEqual([])
  storage.isFailing = false
  await quotes.lookUp(BOB, QUOTING)
  expect(asked).toEqual([RECALLED.id, RECALLED.id])
  expect(shown()).toEqual([quoteKey(QUOTE)])
})

it('learns of a recall while storage cannot be read', async () => {
  const { quotes, storage, shown } = setup()
  storage.isFailing = true
  await quotes.lookUp(BOB, QUOTING)
  quotes.changed(BOB, [RECALLED])
  expect(shown()).toEqual([quoteKey(QUOTE)])
})
