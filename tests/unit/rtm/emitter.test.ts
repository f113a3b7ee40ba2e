import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Emitter } from '@/src/rtm/emitter'

type Events = { said: (text: string, times: number) => void | Promise<void> }

describe('Emitter', () => {
  const { onListenerError } = Emitter
  let errors: unknown[]
  beforeEach(() => {
    errors = []
    Emitter.onListenerError = (error) => void errors.push(error)
  })
  afterEach(() => {
    Emitter.onListenerError = onListenerError
  })

  it('calls the listeners in order, at once, with all arguments', () => {
    const emitter = new Emitter<Events>()
    const heard: unknown[] = []
    emitter.on('said', (...args) => void heard.push(['first', ...args])).on('said', (...args) => void heard.push(['second', ...args]))
    void emitter.emit('said', 'hi', 2)
    expect(heard).toEqual([
      ['first', 'hi', 2],
      ['second', 'hi', 2],
    ])
  })

  it('does not call what was removed', () => {
    const emitter = new Emitter<Events>()
    const listener = vi.fn()
    emitter.on('said', listener).on('said', listener)
    void emitter.emit('said', 'hi', 1)
    expect(listener).toHaveBeenCalledTimes(2)
    void emitter.removeAllListeners('said').emit('said', 'hi', 2)
    void emitter.on('said', listener).removeAllListeners().emit('said', 'hi', 3)
    expect(listener).toHaveBeenCalledTimes(2)
  })

  it('calls all when one of them removes them, and none of them again', () => {
    const emitter = new Emitter<Events>()
    const listener = vi.fn(() => void emitter.removeAllListeners('said'))
    emitter.on('said', listener).on('said', listener)
    void emitter.emit('said', 'hi', 1)
    void emitter.emit('said', 'hi', 2)
    expect(listener).toHaveBeenCalledTimes(2)
  })

  it('does not call listeners that are added during the call', () => {
    const emitter = new Emitter<Events>()
    const late = vi.fn()
    emitter.on('said', () => void emitter.on('said', late))
    void emitter.emit('said', 'hi', 1)
    expect(late).not.toHaveBeenCalled()
  })

  it('returns whether all succeeded, when all are done', async () => {
    const emitter = new Emitter<Events>()
    expect(await emitter.emit('said', 'hi', 0)).toBe(true)
    let finish = () => {}
    emitter.on('said', () => new Promise<void>((resolve) => (finish = resolve)))
    const emitted = emitter.emit('said', 'hi', 1)
    finish()
    expect(await emitted).toBe(true)
  })

  it('continues after a listener that throws and one that rejects, and reports both', async () => {
    const emitter = new Emitter<Events>()
    const last = vi.fn()
    emitter.on('said', () => {
      throw new Error('thrown')
    })
    emitter.on('said', () => Promise.reject(new Error('rejected')))
    emitter.on('said', last)
    expect(await emitter.emit('said', 'hi', 1)).toBe(false)
    expect(last).toHaveBeenCalledTimes(1)
    expect(errors).toEqual([new Error('thrown'), new Error('rejected')])
  })

  it('lets the platform report errors by default', () => {
    vi.useFakeTimers()
    try {
      onListenerError(new Error('seen'))
      expect(() => vi.runAllTimers()).toThrow('seen')
    } finally {
      vi.useRealTimers()
    }
  })
})
