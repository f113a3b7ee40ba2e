import { afterEach, describe, expect, it, vi } from 'vitest'
import { mayLoad } from '@/src/platform/media-hosts'

afterEach(() => vi.unstubAllEnvs())

describe('a picture may be loaded', () => {
  it.each([
    ['media.example', 'https://media.example/a.png'],
    ['media.example', 'https://MEDIA.example:443/a.png?x=1#y'],
    ['a.example,media.example:8443', 'https://media.example:8443/a'],
    ['*.media.example', 'https://a.b.media.example/'],
  ])('with VITE_MEDIA_HOSTS %s from %s', (hosts, address) => {
    vi.stubEnv('VITE_MEDIA_HOSTS', hosts)
    expect(mayLoad(address)).toBe(true)
  })

  it.each([
    ['', 'https://media.example/'],
    ['', 'https:///'],
    ['media.example', 'http://media.example/'],
    ['media.example', 'https://media.example:8443/'],
    ['media.example', 'https://media.example.evil.example/'],
    ['media.example', 'https://evil.example/media.example'],
    ['media.example', 'https://media.example@evil.example/'],
    ['media.example', 'https://evil.example\\@media.example/'],
    ['media.example', 'https://evil.example#@media.example/'],
    ['media.example', 'https://notmedia.example/'],
    ['media.example', ' https://media.example/'],
    ['media.example', 'https://media.example/\n'],
    ['media.example', '//media.example/'],
    ['media.example', 'data:image/png;base64,AAAA'],
    ['media.example', 'blob:https://media.example/1'],
    ['*.media.example', 'https://media.example/'],
    ['*.media.example', 'https://evilmedia.example/'],
    ['*.media.example', 'https://.media.example/'],
  ])('with VITE_MEDIA_HOSTS %j not from %s', (hosts, address) => {
    vi.stubEnv('VITE_MEDIA_HOSTS', hosts)
    expect(mayLoad(address)).toBe(false)
  })
})
