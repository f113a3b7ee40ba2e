import { expect, it } from 'vitest'
import { RecentMap } from '@/src/chat/util/recent-map'

it('keeps the most recently used entries', () => {
  const map = new RecentMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  expect(map.get('a')).toBe(1)
  map.set('c', 3)
  expect(map.get('b')).toBeUndefined()
  expect([...map.keys()]).toEqual(['a', 'c'])
  map.set('a', 4)
  map.set('d', 5)
  expect([map.get('a'), map.get('c'), map.get('d')]).toEqual([4, undefined, 5])
  map.delete('a')
  expect([...map.keys()]).toEqual(['d'])
})
