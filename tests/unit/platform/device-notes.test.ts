import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { dropNote, note, noted } from '@/src/platform/device-notes'

let storage: Map<string, string>
let isBroken: boolean

beforeEach(() => {
  storage = new Map()
  isBroken = false
  const changing = (change: () => void) => {
    if (isBroken) throw new Error('setStorageSync:fail Input/output error')
    change()
  }
  vi.stubGlobal('uni', {
    getStorageSync: (key: string) => storage.get(key) ?? '',
    setStorageSync: (key: string, text: string) => changing(() => storage.set(key, text)),
    removeStorageSync: (key: string) => changing(() => storage.delete(key)),
  })
})
afterEach(() => vi.unstubAllGlobals())

it('is on the device', () => {
  note('a', '1')
  expect([noted('a'), storage.get('a'), noted('b')]).toEqual(['1', '1', undefined])
  dropNote('a')
  expect([noted('a'), storage.size]).toEqual([undefined, 0])
})

it('holds in memory while the storage takes nothing, until it takes something again', () => {
  note('a', '1')
  isBroken = true
  note('a', '2')
  expect(noted('a')).toBe('2')
  dropNote('a')
  expect(noted('a')).toBeUndefined()
  isBroken = false
  note('a', '3')
  expect([noted('a'), storage.get('a')]).toEqual(['3', '3'])
})
