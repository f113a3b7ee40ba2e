import { expect, it } from 'vitest'
import { PageCache } from '@/src/storage/page-cache'

const page = { messages: new Map(), unreadable: 0, records: 0, bytes: 0 }

it('keeps the pages used last', () => {
  const cache = new PageCache(2)
  cache.set('a', page)
  cache.set('b', page)
  cache.get('a')
  cache.set('c', page)
  expect(['a', 'b', 'c'].filter((key) => cache.get(key))).toEqual(['a', 'c'])
  cache.set('c', page)
  expect(['a', 'c'].filter((key) => cache.get(key))).toEqual(['a', 'c'])
})

it('forgets a whole folder', () => {
  const cache = new PageCache(9)
  for (const key of ['log/a/0', 'log/a/1', 'log/b/0', 'log/b/1']) cache.set(key, page)
  cache.deleteFolder('log/a/')
  expect(['log/a/0', 'log/a/1', 'log/b/0', 'log/b/1'].filter((key) => cache.get(key))).toEqual(['log/b/0', 'log/b/1'])
})
