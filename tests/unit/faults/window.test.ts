import { describe, expect, it } from 'vitest'
import { mustHave, type ProgramLife, type Span } from '../../faults/window'

const FOREVER = Number.POSITIVE_INFINITY
const life = (joined: readonly Span[], to = FOREVER): ProgramLife[] => [{ from: 0, to, joined }]

describe('the window of a channel', () => {
  it('covers connected clients', () => {
    expect(mustHave(life([{ from: 1_000, to: FOREVER }]), { at: 5_000 }, [5_000])).toBe(true)
    expect(mustHave(life([{ from: 1_000, to: 60_000 }]), { at: 5_000 }, [5_000])).toBe(true)
  })

  it('does not cover clients that have not joined yet, or have gone', () => {
    expect(mustHave(life([{ from: 6_000, to: FOREVER }]), { at: 5_000 }, [5_000])).toBe(false)
    expect(mustHave(life([{ from: 1_000, to: 4_000 }]), { at: 5_000 }, [5_000])).toBe(false)
    expect(mustHave([], { at: 5_000 }, [5_000])).toBe(false)
  })

  it('covers clients that reconnect in time, even if the first connection after it is too short to be sure of', () => {
    const before = { from: 1_000, to: 5_000 }
    expect(mustHave(life([before, { from: 20_000, to: FOREVER }]), { at: 6_000 }, [6_000])).toBe(true)
    expect(mustHave(life([before, { from: 40_000, to: FOREVER }]), { at: 6_000 }, [6_000])).toBe(false)
    expect(mustHave(life([before, { from: 8_000, to: 8_500 }, { from: 20_000, to: FOREVER }]), { at: 6_000 }, [6_000])).toBe(true)
    expect(mustHave(life([before, { from: 8_000, to: 8_500 }, { from: 40_000, to: FOREVER }]), { at: 6_000 }, [6_000])).toBe(false)
  })

  it('covers messages that were cut off on their way, too', () => {
    expect(mustHave(life([{ from: 1_000, to: 5_100 }, { from: 7_000, to: FOREVER }]), { at: 5_000 }, [5_000])).toBe(true)
    expect(mustHave(life([{ from: 1_000, to: 5_100 }]), { at: 5_000 }, [5_000])).toBe(false)
  })

  it('has 32 messages', () => {
    const lives = life([{ from: 1_000, to: 5_000 }, { from: 20_000, to: FOREVER }])
    const said = (count: number) => Array.from({ length: count }, (_, index) => 6_000 + index)
    expect(mustHave(lives, { at: 6_000 }, said(32))).toBe(true)
    expect(mustHave(lives, { at: 6_000 }, said(33))).toBe(false)
  })

  it('ends with the program: a killed one has no session to resume', () => {
    const killed = life([{ from: 1_000, to: 6_000 }], 6_000)
    expect(mustHave(killed, { at: 5_000 }, [5_000])).toBe(false)
    expect(mustHave([...killed, { from: 7_000, to: FOREVER, joined: [{ from: 8_000, to: FOREVER }] }], { at: 5_000 }, [5_000])).toBe(false)
    expect(mustHave(life([{ from: 1_000, to: 9_000 }], 9_000), { at: 5_000 }, [5_000])).toBe(true)
    // The gateway had much to do, and sent it right before the kill.
    expect(mustHave(life([{ from: 1_000, to: 9_000 }], 9_000), { at: 5_000, sentAt: 8_000 }, [5_000])).toBe(false)
  })
})
