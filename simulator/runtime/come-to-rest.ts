/** Detects when a program in a browser is idle: its timers have ended and the screen no longer changes. */

/** Ignores timers that end later than this, ms: pings never stop. */
const SOON_MS = 1_000
/** The number of equal frames that counts as no change. */
const FRAMES = 6

/**
 * Counts the timers that are set from now on. The returned function resolves once none of them ends soon and no element has moved, appeared or disappeared
 * for some frames.
 */
export function watchRest(): () => Promise<void> {
  const pending = new Set<unknown>()
  const [set, clear] = [window.setTimeout.bind(window), window.clearTimeout.bind(window)]
  const setCounted = (run: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => {
    const id = set(() => {
      pending.delete(id)
      run(...args)
    }, ms)
    if (ms < SOON_MS) pending.add(id)
    return id
  }
  const clearCounted = (id?: number) => {
    pending.delete(id)
    clear(id)
  }
  Object.assign(window, { setTimeout: setCounted, clearTimeout: clearCounted })
  return () =>
    new Promise((resolve) => {
      let before = ''
      let alike = 0
      const look = () => {
        const now = screenNow()
        alike = now === before && pending.size === 0 ? alike + 1 : 0
        before = now
        if (alike >= FRAMES) resolve()
        else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
}

/** A value that differs if an element appeared, disappeared or moved. */
function screenNow(): string {
  const elements = Array.from(document.querySelectorAll('*'))
  const scrolled = elements.filter(({ scrollTop }) => scrollTop > 0).map(({ scrollTop, scrollHeight }) => `${scrollTop}/${scrollHeight}`)
  return [elements.length, ...scrolled, document.body.textContent].join()
}
