/** Tells when a program in a browser has done what was set off: its timers have ended and the screen stays as it is. */

/** Does not wait for timers that end later than this, ms: pings never stop. */
const SOON_MS = 1_000
/** How many frames have to look alike. */
const FRAMES = 6

/** Counts the timers that are set from now on. The returned function resolves once none of them ends soon, and nothing has moved, come or gone for some frames. */
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

/** What would change if something came, went or moved. */
function screenNow(): string {
  const elements = Array.from(document.querySelectorAll('*'))
  const scrolled = elements.filter(({ scrollTop }) => scrollTop > 0).map(({ scrollTop, scrollHeight }) => `${scrollTop}/${scrollHeight}`)
  return [elements.length, ...scrolled, document.body.textContent].join()
}
