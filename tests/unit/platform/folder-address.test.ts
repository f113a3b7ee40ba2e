import { expect, it, vi } from 'vitest'
import { addMissingSlash } from '@/src/platform/folder-address'

/** The address to which the page goes when an element of it fails to load. */
function goesTo(address: string, tagName: string): string | undefined {
  const { origin, pathname, search, hash } = new URL(address)
  const replace = vi.fn<(address: string) => void>()
  const page = Object.assign(new EventTarget(), { location: { origin, pathname, search, hash, replace } })
  addMissingSlash(page as unknown as Window)
  page.dispatchEvent(Object.defineProperty(new Event('error'), 'target', { value: { tagName } }))
  return replace.mock.lastCall?.[0]
}

it.each([
  ['http://a.example/chat', 'http://a.example/chat/'],
  ['https://a.example/x/v1.2?uid=b#/c?d=e', 'https://a.example/x/v1.2/?uid=b#/c?d=e'],
  ['http://a.example//b.example', 'http://a.example//b.example/'],
  ['http://a.example/chat/', undefined],
  ['http://a.example/', undefined],
  ['http://a.example/chat/index.html', undefined],
])('a page at %s without its scripts goes to %s', (address, there) => {
  expect(goesTo(address, 'SCRIPT')).toBe(there)
  expect(goesTo(address, 'IMG')).toBeUndefined()
})
