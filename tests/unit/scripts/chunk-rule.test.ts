import { describe, expect, it } from 'vitest'
import { chunkOf, needsOf, type Import, type Need, type Root, type Stage } from '../../../scripts/vite/chunk-rule'

const PAGES: readonly Root[] = [
  { id: 'app', home: '', stage: 'paint' },
  { id: 'list', home: '', stage: 'paint' },
  { id: 'thread', home: '', stage: 'later' },
  { id: 'photo', home: 'src/media', stage: 'later' },
  { id: 'poll', home: 'src/polls', stage: 'later' },
]

/** The place of a module with these imports. `importers`: the modules that import each, `waits`: the stage that a module waits for. */
function needOf(wanted: string, importers: Readonly<Record<string, readonly string[]>>, waits: Readonly<Record<string, Stage>> = {}): Need | undefined {
  const importsOf = (id: string) => Object.keys(importers).filter((module) => importers[module]?.includes(id)).map((module): Import => [module, waits[module] ?? 'paint'])
  return needsOf(PAGES, importsOf).get(wanted)
}

describe('a module is needed', () => {
  it.each<[string, readonly string[], Need]>([
    ['for the first screen when the first page imports it', ['list', 'thread'], { home: '', stage: 'paint' }],
    ['later when another page imports it', ['thread'], { home: '', stage: 'later' }],
    ['in the only subpackage that imports it', ['photo'], { home: 'src/media', stage: 'later' }],
    ['in the main package when two subpackages import it', ['photo', 'poll'], { home: '', stage: 'later' }],
    ['in the main package when a page of that imports it too', ['photo', 'thread'], { home: '', stage: 'later' }],
    ['for the first screen when a subpackage imports it too', ['poll', 'app'], { home: '', stage: 'paint' }],
  ])('%s', (_name, importers, need) => {
    expect(needOf('shared', { shared: importers })).toEqual(need)
    // Also one import further, however many ways lead there.
    expect(needOf('deep', { shared: importers, deep: ['shared'] })).toEqual(need)
    expect(needOf('deep', Object.fromEntries([...importers.map((importer) => [`by ${importer}`, [importer]]), ['deep', importers.map((importer) => `by ${importer}`)]]))).toEqual(need)
  })

  it('no earlier than the stage it waits for, and modules that only it imports wait with it', () => {
    const importers = { store: ['list'], rules: ['store'], clock: ['list', 'rules'] }
    expect(needOf('store', importers, { store: 'first' })?.stage).toBe('first')
    expect(needOf('rules', importers, { store: 'first' })?.stage).toBe('first')
    expect(needOf('clock', importers, { store: 'first' })?.stage).toBe('paint')
    expect(needOf('rules', importers, { store: 'first', rules: 'later' })?.stage).toBe('later')
  })

  it('where it is needed if modules import each other', () => {
    expect(needOf('one', { one: ['other', 'photo'], other: ['one'] })).toEqual({ home: 'src/media', stage: 'later' })
  })

  it('nowhere if no page leads to it', () => {
    expect(needOf('unused', { unused: ['other'] })).toBeUndefined()
  })
})

it.each<[string, Need, string]>([
  ['src/chat/text/written-text', { home: '', stage: 'first' }, 'common/first'],
  ['src/chat/text/written-text', { home: 'src/media', stage: 'later' }, 'src/media/common/own'],
  ['common/vendor', { home: '', stage: 'paint' }, 'common/vendor'],
  ['common/vendor', { home: 'src/media', stage: 'later' }, 'src/media/common/vendor'],
  ['common/assets', { home: 'src/media', stage: 'later' }, 'common/assets'],
  ['src/locales/en', { home: '', stage: 'paint' }, 'src/locales/en'],
])('puts %s, needed as %o, into %s', (name, need, file) => {
  expect(chunkOf(name, need)).toBe(file)
})
