/** The rules for files that share a thread. tests/support/left-over.ts checks the rest while they run. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { NOT_SHARED, sharedTests } from '../../../scripts/test/shared'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (file: string) => readFileSync(root + file, 'utf8')
/** A replaced or reloaded module, and a directory, reach every other file of the thread. IndexedDB and a time zone are of the whole process. */
const NEEDS_ITS_OWN = /\bvi\.(mock|doMock|unmock|hoisted|resetModules)\(|\bprocess\.(chdir|on|once)\(|\bprocess\.env\.TZ\b|fake-indexeddb\/auto|support\/(world|phone|gateways)'/

describe('a file that shares a thread', () => {
  it.each(sharedTests(root))('replaces no module and nothing of the process: %s', (file) => {
    expect(read(file).match(NEEDS_ITS_OWN)?.[0]).toBeUndefined()
  })
})

describe('a file of such a folder that needs a process of its own', () => {
  it.each(Object.keys(NOT_SHARED))('exists: %s', (file) => {
    expect(existsSync(root + file)).toBe(true)
  })
})

it.each(['vi.mock(', 'vi.resetModules(', 'process.chdir(', "process.env.TZ = 'UTC'", "import 'fake-indexeddb/auto'", "from '../../support/world'"])('finds %s', (code) => {
  expect(code).toMatch(NEEDS_ITS_OWN)
})
