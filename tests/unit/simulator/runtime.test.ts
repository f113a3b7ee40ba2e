import { describe, expect, it } from 'vitest'
import { MODELS } from '../../../simulator/page/models'
import { readFrame } from '../../../simulator/page/shell/frame-text'
import { phoneUnits } from '../../../simulator/runtime/inline-style'
import { barsOf, capsuleOf, PLAIN_PHONES } from '../../../simulator/runtime/phone-size'
import { Suspension } from '../../../simulator/runtime/suspension'

describe('units', () => {
  it('use the drawn phone, and not the browser', () => {
    expect(phoneUnits('20rpx -1.5rpx')).toBe('calc(20 * var(--phone-width, 100vw) / 750) calc(-1.5 * var(--phone-width, 100vw) / 750)')
    expect(phoneUnits('50vw')).toBe('calc(50 * var(--phone-width, 100vw) / 100)')
    expect(phoneUnits('calc(100vh - env(safe-area-inset-bottom, 0px))')).toBe('calc(calc(100 * var(--page-vh, 1vh)) - var(--safe-area-inset-bottom, 0px))')
    expect(phoneUnits('12px')).toBe('12px')
  })
})

describe('the size of phones', () => {
  it('give a page the screen without the bars, and the safe area if no bar covers it', () => {
    expect(barsOf(MODELS.iphone, false, false)).toEqual({ top: 98, bottom: 0, safeTop: 0, safeBottom: 34 })
    expect(barsOf(MODELS.iphone, true, true)).toEqual({ top: 0, bottom: 84, safeTop: 59, safeBottom: 0 })
    expect(barsOf(MODELS.se, false, true)).toEqual({ top: 64, bottom: 50, safeTop: 0, safeBottom: 0 })
  })

  it('puts the capsule into the middle of the navigation bar', () => {
    expect(capsuleOf(PLAIN_PHONES.ios)).toEqual({ top: 26, left: 278, right: 365, bottom: 58, width: 87, height: 32 })
    expect(capsuleOf(MODELS.android)).toEqual({ top: 40, left: 263, right: 350, bottom: 72, width: 87, height: 32 })
  })
})

describe('a suspended program', () => {
  it('runs what it missed in order when it is resumed, and intervals once', () => {
    const ran: string[] = []
    const suspension = new Suspension()
    const say = suspension.wrap((word: string) => ran.push(word))
    const tick = suspension.wrapRepeated(() => ran.push('tick'))
    say('before')
    suspension.suspend()
    say('one')
    tick()
    tick()
    say('two')
    expect(ran).toEqual(['before'])
    suspension.resume()
    expect(ran).toEqual(['before', 'one', 'tick', 'two'])
    tick()
    expect(ran).toEqual(['before', 'one', 'tick', 'two', 'tick'])
  })
})

describe('frames in the panel', () => {
  it('names the kind of a frame and its content', () => {
    expect(readFrame('{"t":"peer","id":3,"to":"bob","offline":true}')).toEqual({ kind: 'peer', rest: 'id: 3  to: bob  offline: true' })
    expect(readFrame('no JSON')).toEqual({ kind: '', rest: 'no JSON' })
    expect(readFrame('[1]')).toEqual({ kind: '', rest: '[1]' })
    expect(readFrame(`{"t":"x","text":"${'a'.repeat(500)}"}`).rest).toHaveLength(161)
  })
})
