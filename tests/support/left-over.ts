/** For files that share a thread: a file fails if it leaves a global, a setting, a language or false timers to the next one, or an import that has not ended. */
import { afterAll, expect, vi } from 'vitest'
import { setClock, systemClock } from '@/src/chat/time/clock'
import { locale } from '@/src/locales'

/** The globals, except Vitest's and Vite's, which change from file to file (Vitest's others are symbols). To read one of Node's lazy globals creates it, so all are read. */
function globals(): Map<string, unknown> {
  const keys = Object.getOwnPropertyNames(globalThis).filter((key) => !key.includes('vite'))
  return new Map(keys.map((key) => [key, Reflect.get(globalThis, key)]))
}

function changed(before: ReadonlyMap<string, unknown>, after: ReadonlyMap<string, unknown>): string[] {
  const keys = new Set([...before.keys(), ...after.keys()])
  return [...keys].filter((key) => before.has(key) !== after.has(key) || !Object.is(before.get(key), after.get(key)))
}

const settings = () => new Map<string, unknown>(Object.entries(process.env))
const before = { globals: globals(), settings: settings(), language: locale.value }

// The first hook of a file, so the last to run after its tests.
afterAll(async () => {
  // An import that ends after its file would never resolve, and the next file would wait for it.
  await vi.dynamicImportSettled()
  const left = [
    ...changed(before.globals, globals()).map((name) => `global ${name}`),
    ...changed(before.settings, settings()).map((name) => `setting ${name}`),
    ...(locale.value === before.language ? [] : ['language']),
    ...(vi.isFakeTimers() ? ['false timers'] : []),
  ]
  // So that the next file does not fail for this one.
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
  setClock(systemClock)
  locale.value = before.language
  expect(left.join(', '), 'what this file leaves to the next one').toBe('')
})
