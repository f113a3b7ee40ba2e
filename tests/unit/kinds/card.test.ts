import { afterEach, describe, expect, it, vi } from 'vitest'
import { decode } from '@/src/chat/message/envelope'
import { card, type CardBody } from '@/src/kinds/card/spec'
import { view } from '@/src/kinds/card/view'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.unstubAllGlobals()
})

const sent = (fields: object) => decode(JSON.stringify({ v: 1, id: 'a', kind: 'card', ...fields }))
const message = { id: 'a', seq: 1, from: 'bob', at: 1, conversation: 'peer:bob', isOwn: false } as const
const rowOf = (body: Partial<CardBody>) => view.row?.({ kind: 'card', title: 't', ...body }, { isOpened: false, message })
const tap = (body: Partial<CardBody>) => view.taps?.card?.({ kind: 'card', title: 't', ...body }, { value: '', message })

describe('a card', () => {
  it.each([
    { title: undefined },
    { title: ' \u200b' },
    { title: 'x'.repeat(101) },
    { title: ['t'] },
    { text: 'x'.repeat(201) },
    { text: null },
    { picture: 'http://media.example/a.png' },
    { picture: 'javascript:alert(1)' },
    { picture: 'https://user:word@media.example/a.png' },
    { picture: 'https://media.example\\@other.example/a.png' },
    { picture: 'https://media.example/ b' },
    { link: '//shop.example' },
    { link: 'https://' },
    { link: `https://shop.example/${'x'.repeat(1_000)}` },
    { page: '' },
    { page: 'x'.repeat(301) },
    { type: 'a b' },
    { type: 'x'.repeat(65) },
    { pairs: 'no' },
    { pairs: [['a', 'b'], ['a']] },
    { pairs: [['a', 1]] },
    { pairs: Array.from({ length: 5 }, () => ['a', 'b']) },
    { pairs: [['x'.repeat(31), 'b']] },
    { pairs: [['a', 'x'.repeat(101)]] },
  ])('with %j is shown as one that needs a newer version', (fields) => {
    expect(sent({ title: 't', ...fields })).toMatchObject({ kind: 'message', body: { kind: 'unsupported' } })
  })

  it('of an unknown type is an ordinary card, and keeps its type', () => {
    expect(sent({ title: 't', type: 'shop.coupon' })).toMatchObject({ body: { kind: 'card', title: 't', type: 'shop.coupon' } })
  })

  it('keeps fields that this version does not know in its envelope', () => {
    const text = JSON.stringify({ v: 1, id: 'a', kind: 'card', title: 't', price: 3 })
    expect(decode(text)).toMatchObject({ body: { kind: 'card', title: 't', raw: text } })
  })

  it('says in plain text all that it has', () => {
    expect(card.plain?.({ kind: 'card', title: 'Tea', text: 'green', pairs: [['Price', '¥ 8']], link: 'https://shop.example/tea' })).toBe('Tea\ngreen\nPrice: ¥ 8\nhttps://shop.example/tea')
  })

  it('shows a picture of a host that media are loaded from, and leaves out any other', () => {
    const picture = 'https://media.example/a.png'
    expect(rowOf({ picture })).not.toHaveProperty('cardPicture')
    vi.stubEnv('VITE_MEDIA_HOSTS', 'media.example')
    expect(rowOf({ picture })).toHaveProperty('cardPicture', picture)
    expect(rowOf({ picture: 'https://other.example/a.png' })).not.toHaveProperty('cardPicture')
  })

  it('sends nothing to the view for what it does not have', () => {
    expect(rowOf({ page: 'src/pages/storage/storage' })).toEqual({ cardTitle: 't', cardOpens: 1 })
    expect(rowOf({ text: '\u2060', pairs: [['', ' ']] })).toEqual({ cardTitle: 't' })
  })

  it('opens its page, before its link, and only a page of this program', async () => {
    const opened: string[] = []
    const copied: string[] = []
    const open = ({ url, complete }: { url: string; complete(): void }) => {
      opened.push(url)
      complete()
    }
    vi.stubGlobal('uni', { navigateTo: open, switchTab: open, setClipboardData: ({ data, success }: { data: string; success(): void }) => (copied.push(data), success()) })
    vi.stubGlobal('getCurrentPages', () => [{}])
    for (const page of ['/src/pages/storage/storage?a=1', 'src/pages/me/me?a=1', '/src/pages/login/login', '/src/pages/none/none', '../src/pages/me/me', '/src/pages/storage/storage?a=<', 'https://evil.example']) {
      await tap({ page })
    }
    expect(opened).toEqual(['/src/pages/storage/storage?a=1', '/src/pages/me/me'])
    await tap({ page: '/src/pages/none/none', link: 'https://shop.example/tea' })
    await tap({ page: '/src/pages/me/me', link: 'https://shop.example/no' })
    expect(opened).toHaveLength(3)
    // The mini program cannot open it.
    expect(copied).toEqual(['https://shop.example/tea'])
  })

  it('names the host that a tap leads to', () => {
    expect(rowOf({ link: 'https://Shop.Example:443/tea' })).toHaveProperty('cardHost', 'shop.example')
    expect(rowOf({ link: 'https://shop.example/tea', page: '/src/pages/me/me' })).not.toHaveProperty('cardHost')
    expect(rowOf({ link: 'https://shop.example/tea', page: '/src/pages/none/none' })).toHaveProperty('cardHost')
    expect(rowOf({ link: 'https://bank.example.with.a.long.name.evil.example/' })).toHaveProperty('cardHost', '…mple.with.a.long.name.evil.example'.slice(-32).replace(/^./, '…'))
  })
})

describe('a long card', () => {
  const long: Partial<CardBody> = { title: '字'.repeat(100), text: '字'.repeat(200), pairs: [1, 2, 3, 4].map((n) => [`${n}`, '字'.repeat(100)] as const) }
  const folds = (body: Partial<CardBody>, isOpened = false) => view.row?.({ kind: 'card', title: 't', ...body }, { isOpened, message })?.['cardFolds']

  it('is folded until the reader opens it', () => {
    expect([folds(long), folds(long, true)]).toEqual(['is-short', undefined])
  })

  it('is folded for many lines of few letters too', () => {
    expect(folds({ text: 'a\n'.repeat(100) })).toBe('is-short')
  })

  it('is not folded if it is as short as a folded one', () => {
    expect(folds({ title: '明前龙井 250 克', text: '今年的新茶，限量 200 份', pairs: [['价格', '¥ 268.00'], ['产地', '杭州西湖']] })).toBeUndefined()
    expect(folds({ title: '字'.repeat(24), text: 'a\n'.repeat(5), pairs: [['a', '字'.repeat(16)], ['b', '字'.repeat(16)]] })).toBeUndefined()
  })
})
