import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLogger } from '../../../gateway/logger'

describe('a repeated failure', () => {
  let lines: string[]
  const log = () => createLogger('warn', (line) => void lines.push(line.split('\n')[0]!.replace(/^\S+ /, '')))

  beforeEach(() => {
    lines = []
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it('is written once a minute, with its number', () => {
    const { error } = log()
    const failing = () => error('a request failed', { t: 'peer', uid: 'alice', error: new Error('disk full') })
    for (let i = 0; i < 1_000; i++) failing()
    expect(lines).toEqual([expect.stringContaining('error a request failed {"t":"peer","uid":"alice","error":"Error: disk full')])
    vi.advanceTimersByTime(60_000)
    expect(lines.slice(1)).toEqual(['error a request failed, 999 more times in 60 s {"error":"Error: disk full"}'])
    failing()
    vi.advanceTimersByTime(60_000)
    expect(lines.slice(2)).toEqual([expect.stringContaining('error a request failed {"t":"peer"')])
  })

  it('is not mixed up with others, nor with other values', () => {
    const { error, warn, debug } = log()
    for (let i = 0; i < 2; i++) {
      error('a request failed', { error: new Error('disk full') })
      error('a request failed', { error: new Error('corrupted') })
      error('a login failed', { error: new Error('disk full') })
      warn('a login failed', { error: new Error('disk full') })
      warn('a token was given', { uid: 'alice' })
      warn('a token was given')
      debug('a connection failed', { error: new Error('disk full') })
    }
    expect(lines).toHaveLength(4 + 2 * 2)
  })

  it('is written each time if too many different ones are counted', () => {
    const { error } = log()
    for (let i = 0; i < 200; i++) for (const _again of [1, 2]) error('failed', { error: new Error(`${i}`) })
    expect(lines).toHaveLength(100 + 2 * 100)
  })
})
