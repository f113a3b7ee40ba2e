/** The part of a row below its bubble. */
import { describe, expect, it } from 'vitest'
import type { Message } from '@/src/chat/message/message'
import { belowView } from '@/src/ui/thread/message-below'

const EMOJIS = ['👍', '❤️', '😂', '😮', '🙏', '😀', '😁', '😅', '😇', '🥰', '😎', '🤔', '😴', '🤯', '🎉', '🔥', '💯', '👏', '🙌', '🍎']

/** In the afternoon, whatever the time zone. */
const NOW = new Date(2026, 2, 4, 15, 30).getTime()

/** A message with the first `count` emojis, of which alice chose those at `own`. */
function reacted(count: number, own: readonly number[] = []): Message {
  const reactions = EMOJIS.slice(0, count).map((emoji, index) => ({ by: own.includes(index) ? 'alice' : `user-${index}`, emoji, on: true, id: `r${index}`, rev: 1, at: index }))
  return { seq: 0, id: 'id-0', from: 'bob', at: 0, status: 'received', body: { kind: 'text', text: 'hello' }, amended: { reactions } }
}

const below = (message: Message, isOpened = false) => belowView(message, undefined, { me: 'alice', now: NOW, isOpened })
const shown = (message: Message, isOpened = false) => below(message, isOpened).reactions?.map(({ emoji }) => emoji)

describe('reactions', () => {
  it('are all shown up to two lines of them', () => {
    expect(shown(reacted(8))).toEqual(EMOJIS.slice(0, 8))
    expect(below(reacted(8)).folded).toBeUndefined()
  })

  it('are folded above that, with a count of the others', () => {
    expect(shown(reacted(20))).toEqual(EMOJIS.slice(0, 7))
    expect(below(reacted(20))).toMatchObject({ folded: '+13', foldedLabel: '还有 13 种回应' })
  })

  it('of the user stay visible, in their places', () => {
    expect(shown(reacted(20, [2, 18]))).toEqual([...EMOJIS.slice(0, 6), EMOJIS[18]])
  })

  it('are all shown once the reader has unfolded them', () => {
    expect(shown(reacted(20), true)).toEqual(EMOJIS)
    expect(below(reacted(20), true).folded).toBeUndefined()
  })
})

describe('an own message whose file took long', () => {
  const late: Message = { ...reacted(0), wentAt: NOW - 60_000 }

  it('says when it went, behind the author of forwarded words', () => {
    expect(below(late).fwd).toBe('15:29 发出')
    expect(below({ ...late, fwd: { from: 'carol', at: 1 } }).fwd).toBe('转发自 carol · 15:29 发出')
    expect(below({ ...late, wentAt: undefined } as Message).fwd).toBeUndefined()
  })
})
