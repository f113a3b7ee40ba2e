/**
 * A person's history over any KeyValue. The log of a conversation is kept in pages of PAGE_SIZE messages, so that a write
 * costs one page whatever the length of the log; conversations and drafts are one record each.
 */
import type { Conversation, ConversationId } from '@/src/chat/conversation'
import type { Message } from '@/src/chat/message'
import { createCommitQueue } from './commit-queue'
import type { KeyValue, Write } from './key-value'
import { pageOf, type PersonKeys, personKeys } from './keys'
import { PageCache } from './page-cache'
import type { Entry, History, Storage } from './port'
import { conversationRecord, draftRecord, type Page, pageRecord, parseConversationRecord, parseDraftRecord, parsePageRecord } from './records'

/** Enough for the windows of a few open conversations and the last pages of those that receive. */
const CACHED_PAGES = 24

type Job =
  | { readonly type: 'write'; readonly entries: readonly Entry[] }
  | { readonly type: 'draft'; readonly id: ConversationId; readonly text: string }
  | { readonly type: 'remove'; readonly id: ConversationId }

export function createStorage(kv: KeyValue): Storage {
  return { openHistory: async (person) => openHistory(kv, personKeys(person)) }
}

function openHistory(kv: KeyValue, keys: PersonKeys): History {
  const cache = new PageCache(CACHED_PAGES)
  /** Goes up with every commit: a page that was being read meanwhile may be the former one and is not cached. */
  let commits = 0

  async function readPage(id: ConversationId, number: number): Promise<Page> {
    const key = keys.page(id, number)
    const cached = cache.get(key)
    if (cached) return cached
    const since = commits
    const page = parsePageRecord(await kv.get(key), number)
    if (since === commits) cache.set(key, page)
    return page
  }

  async function commitWrites(jobs: readonly Job[]): Promise<void> {
    const pages = new Map<string, Map<number, Message>>()
    const records = new Map<string, Write>()

    for (const job of jobs) {
      if (job.type === 'draft') {
        const key = keys.draft(job.id)
        records.set(key, job.text === '' ? { type: 'delete', key } : { type: 'put', key, value: draftRecord(job.text) })
      }
      for (const { conversation, messages = [] } of job.type === 'write' ? job.entries : []) {
        for (const message of messages) {
          const number = pageOf(message.seq)
          const key = keys.page(conversation.id, number)
          // a copy: what is cached stays as it is until the new page is durable
          const page = pages.get(key) ?? new Map(await readPage(conversation.id, number))
          page.set(message.seq, message)
          pages.set(key, page)
        }
        const key = keys.conversation(conversation.id)
        records.set(key, { type: 'put', key, value: conversationRecord(conversation) })
      }
    }

    // messages first: a crash in between leaves messages that no conversation counts yet, never a count without its messages
    const writes: Write[] = [...pages].map(([key, page]) => ({ type: 'put', key, value: pageRecord(page) }))
    writes.push(...records.values())
    try {
      await kv.commit(writes)
      for (const [key, page] of pages) cache.set(key, page)
    } finally {
      commits++
    }
  }

  async function commitRemoval(id: ConversationId): Promise<void> {
    try {
      // the conversation last: after a crash in between it is still listed and can be removed again
      await kv.commit([
        { type: 'clear', folder: keys.log(id) },
        { type: 'delete', key: keys.draft(id) },
        { type: 'delete', key: keys.conversation(id) },
      ])
    } finally {
      cache.deleteFolder(keys.log(id))
      commits++
    }
  }

  const enqueue = createCommitQueue<Job>(
    ([first, ...others]) => {
      if (first === undefined) return Promise.resolve()
      return first.type === 'remove' ? commitRemoval(first.id) : commitWrites([first, ...others])
    },
    (job) => job.type === 'remove',
  )

  return {
    async conversations() {
      const conversations: Conversation[] = []
      let damaged = 0
      for (const [key, value] of await kv.entries(keys.conversations)) {
        const conversation = parseConversationRecord(value)
        if (conversation && keys.conversation(conversation.id) === key) conversations.push(conversation)
        else damaged++
      }
      return { conversations, damaged }
    },

    async messages(id, from, to) {
      const found: Message[] = []
      const first = Math.max(0, from)
      for (let number = pageOf(first); number <= pageOf(to - 1); number++) {
        const page = await readPage(id, number)
        const inRange = [...page.values()].filter(({ seq }) => seq >= first && seq < to)
        found.push(...inRange.sort((a, b) => a.seq - b.seq))
      }
      return found
    },

    write: (entries) => enqueue({ type: 'write', entries }),
    remove: (id) => enqueue({ type: 'remove', id }),
    draft: async (id) => parseDraftRecord(await kv.get(keys.draft(id))),
    saveDraft: (id, text) => enqueue({ type: 'draft', id, text }),
  }
}
