import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { LINKS_MAX, linksIn } from '@/src/chat/text/links'

/** The links of a text, as they are written, and their addresses where those differ. */
const found = (text: string) => linksIn(text).map(({ start, end, href }) => (text.slice(start, end) === href ? href : `${text.slice(start, end)} ${href}`))

describe('addresses of pages', () => {
  it.each<[text: string, ...links: string[]]>([
    ['https://example.com', 'https://example.com'],
    ['HTTP://Example.COM/Path', 'HTTP://Example.COM/Path'],
    ['see http://example.com/a?b=c&d=%20#e now', 'http://example.com/a?b=c&d=%20#e'],
    ['two http://a.example,https://b.example/x;', 'http://a.example', 'https://b.example/x'],
    ['http://localhost:5173/ http://127.0.0.1:80 http://wiki/page', 'http://localhost:5173/', 'http://127.0.0.1:80', 'http://wiki/page'],
    // The sentence around it.
    ['Is it https://example.com/a.b? Yes (https://example.com/c), "https://example.com/d".', 'https://example.com/a.b', 'https://example.com/c', 'https://example.com/d'],
    ['https://en.wikipedia.org/wiki/Bank_(geography) and (https://example.com/(a))', 'https://en.wikipedia.org/wiki/Bank_(geography)', 'https://example.com/(a)'],
    ['**https://example.com/**', 'https://example.com/'],
    ['[x](https://example.com/y)', 'https://example.com/y'],
    ['https://example.com/...', 'https://example.com/'],
    ['https://example.com.', 'https://example.com'],
    // Chinese is written on without a space.
    ['请看https://example.com/a?b=1，谢谢', 'https://example.com/a?b=1'],
    ['地址https://example.com谢谢', 'https://example.com'],
    ['「https://example.com/路」', 'https://example.com/'],
    ['https://example.com에서', 'https://example.com'],
    // Names in other scripts.
    ['https://例子.中国/x', 'https://例子.中国/x'],
    ['https://bücher.example/straße', 'https://bücher.example/straße'],
    ['https://\u0430pple.com/', 'https://\u0430pple.com/'],
    ['https://пример.рф', 'https://пример.рф'],
    ['https://מבחן.example/א', 'https://מבחן.example/א'],
    // No addresses, and hosts that are not what they look like.
    ['http:// https://. https://-a.com javascript:alert(1) ftp://example.com //example.com http:/example.com example.com'],
    ['xhttps://example.com git+https://example.com'],
    ['https://bank.example@evil.example/ https://user:word@evil.example', 'word@evil.example mailto:word@evil.example'],
    ['https://bank.example:80@evil.example', '80@evil.example mailto:80@evil.example'],
    ['https://good.example\\@evil.example', 'https://good.example'],
    ['https://good.example\u202e/moc', 'https://good.example'],
    ['https://good.example\u200b.evil.example', 'https://good.example'],
    [`https://${'a'.repeat(64)}.com https://${'a.'.repeat(127)}com`, `https://${'a.'.repeat(126)}a`],
    [`https://example.com/${'a'.repeat(2_028)}`, `https://example.com/${'a'.repeat(2_028)}`],
    [`https://example.com/${'a'.repeat(2_029)} https://b.example`, 'https://b.example'],
  ])('%j', (text, ...links) => {
    expect(found(text)).toEqual(links)
  })
})

describe('mail addresses', () => {
  it.each<[text: string, ...links: string[]]>([
    ['bob@example.com', 'bob@example.com mailto:bob@example.com'],
    ['写信给bob.b-c_d@mail.example.com.', 'bob.b-c_d@mail.example.com mailto:bob.b-c_d@mail.example.com'],
    ['<bob+tag@example.co>, eve@example.org', 'bob+tag@example.co mailto:bob%2Btag@example.co', 'eve@example.org mailto:eve@example.org'],
    ['13800138000@qq.com', '13800138000@qq.com mailto:13800138000@qq.com'],
    ['a%0abcc%3aeve@example.com', 'a%0abcc%3aeve@example.com mailto:a%250abcc%253aeve@example.com'],
    ['@bob bob@ bob@host bob@example.c0m a..b@example.com a.@example.com a@b@example.com /bob@example.com bob@-.com', 'b@example.com mailto:b@example.com'],
    [`${'a'.repeat(64)}@example.com ${'a'.repeat(65)}@example.com`, `${'a'.repeat(64)}@example.com mailto:${'a'.repeat(64)}@example.com`],
  ])('%j', (text, ...links) => {
    expect(found(text)).toEqual(links)
  })
})

describe('phone numbers', () => {
  const tel = (text: string) => linksIn(text).map(({ href }) => href.replace('tel:', ''))

  it.each<[text: string, ...numbers: string[]]>([
    ['13800138000', '13800138000'],
    ['电话：13912345678，找李四', '13912345678'],
    ['手机号13912345678 电话号码是 15012345678 新号码:17712345678', '13912345678', '15012345678', '17712345678'],
    ['138-0013-8000 或 139 1234 5678', '13800138000', '13912345678'],
    ['13800138000/13900139000、15000150000', '13800138000', '13900139000', '15000150000'],
    ['张三 13800138000 2 张票', '13800138000'],
    ['tel:13800138000.', '13800138000'],
    ['+8613800138000 5 件', '+8613800138000'],
    ['+86 13800138000 +86 138 0013 8000', '+8613800138000', '+8613800138000'],
    ['+1 (415) 555-2671 +44-20-7946-0958 (+493012345)', '+14155552671', '+442079460958', '+493012345'],
    ['400-800-8888 4008-123-123，4001234567、800 820 8888', '4008008888', '4008123123', '4001234567', '8008208888'],
    ['12306 人工服务，95588，客服 10086', '12306', '95588', '10086'],
    ['请拨打110、119 或者打 120，急救：120，火警119', '110', '119', '120', '120', '119'],
    ['Call 95588 now, dial 110', '95588', '110'],
  ])('%j', (text, ...numbers) => {
    expect(tel(text)).toEqual(numbers)
  })

  it.each([
    // Not as long as a phone number, or part of something longer.
    '12800138000 1380013800 138001380001 213800138000 6222021380013800 110101199003071234 20240113800138000',
    'A13800138000 13800138000B SF-13800138000 2024-13800138000 x_13800138000 13800138000_1 13800138000-01 0.13800138000 13800138000.5',
    'https://example.com/13800138000 id=13800138000&a=13900139000 v1.13800138000 a/13800138000',
    '622 138 0013 8000 138 0013 8000 123 138 0013-8000',
    // Orders, accounts and the like.
    '单号13800138000',
    '订单号：13800138000',
    '订单号是 13800138000',
    '您的订单 13800138000 已发货',
    '快递单号:\n13800138000、13900139000，15000150000',
    '运单号码【13800138000】 流水号 13800138000 编号#13800138000 卡号 13800138000 身份证号13800138000',
    'order 13800138000; Order No.: 13800138000; your order number is 13800138000; tracking #13800138000; Invoice no 13800138000; ref. 13800138000; ID: 13800138000; QQ 13800138000',
    'order +8613800138000, 订单号 4001234567',
    '#13800138000 ＃13800138000',
    // Amounts and quantities.
    '¥13800138000 $13800138000 ￥13800138000 13800138000元 13800138000%',
    '110 120元 119页 一共114个 2110 110.5 112-3 第 120 章',
    '12345 步 95000 people 95123元 12345人 Cupertino, CA 95014 123456 1,12306',
    // Too short or too long for the international form.
    '+123456 +1234567890123456 3+13800138000 ++13800138000 a+13800138000 +0 +',
    '',
  ])('%j has none', (text) => {
    expect(tel(text).filter((number) => !number.startsWith('http'))).toEqual([])
  })
})

describe('any text', () => {
  const part = fc.constantFrom('http://', 'https://', '@', 'a', '.', '1', '138', '0013', '8000', '+', '-', ' ', '/', '(', ')', '单号', '打', '中', '\u0430', '\n', ':', '110', '#', '…')

  it('has links in order, apart from each other and inside of it, each with a scheme that may be opened', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(part, { maxLength: 60 }).map((parts) => parts.join('')), fc.string({ unit: 'binary' })), (text) => {
        let last = 0
        for (const { start, end, href } of linksIn(text)) {
          expect(start).toBeGreaterThanOrEqual(last)
          expect(end).toBeGreaterThan(start)
          expect(href).toMatch(/^(?:https?:\/\/[^\s@]|mailto:[^\s]+@|tel:\+?\d+$)/i)
          last = end
        }
        expect(last).toBeLessThanOrEqual(text.length)
      }),
    )
  })

  it('has the same links before a place as the whole text', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 60 }).map((parts) => parts.join('')), fc.nat(100), (text, until) => {
        expect(linksIn(text, until)).toEqual(linksIn(text).filter(({ start }) => start < until))
      }),
    )
  })

  it('has at most 50 of them', () => {
    expect(linksIn('a@b.co '.repeat(200))).toHaveLength(LINKS_MAX)
  })

  const SIZE = 32 * 1024
  it.each([
    'http://', 'https://a', 'http://a.', 'http://a:', 'http://a@', 'https://a/(', 'https://a.b/)', '@', 'a@', 'a@b.', 'a.@', `${'a'.repeat(65)}@`, `${'a.'.repeat(130)}@`, '1', '1 ', '+', '+1', '+1-', '+1 (1) ',
    '13800138000', '13800138000 ', '138 0013 ', '138-', '400-', '110', '110 ', '12306 ', '单号13800138000、', 'order no. is ((((', 'order 13800138000, ', '(', 'https://a/', 'https://a.b/...', '://', '打110', '\u0430.', 'https://中',
  ])('costs a few steps for each character of 32 KB of %j', (unit) => {
    const text = unit.repeat(Math.ceil(SIZE / unit.length)).slice(0, SIZE)
    const read = vi.spyOn(String.prototype, 'charCodeAt')
    const cut = vi.spyOn(String.prototype, 'slice')
    let steps: number
    try {
      linksIn(text)
      steps = read.mock.calls.length + cut.mock.results.reduce((sum, { value }) => sum + (value as string).length, 0)
    } finally {
      read.mockRestore()
      cut.mockRestore()
    }
    expect(steps).toBeLessThan(25 * SIZE)
  })
})
