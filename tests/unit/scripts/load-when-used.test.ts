import { describe, expect, it } from 'vitest'
import { loadWhenUsed } from '../../../scripts/vite/load-when-used'

/** Runs a CommonJS file. Returns its exports, and the files loaded so far. */
function run(code: string, files: Readonly<Record<string, unknown>>): { exports: Record<string, (...args: unknown[]) => unknown>; loaded: string[] } {
  const loaded: string[] = []
  const exports = {}
  const load = (path: string) => {
    loaded.push(path)
    return files[path]
  }
  new Function('require', 'exports', loadWhenUsed(code))(load, exports)
  return { exports, loaded }
}

describe('a file', () => {
  it('is loaded when a function first uses it, and once', () => {
    const { exports, loaded } = run("const other = require('./other.js');\nexports.twice = (n) => other.add(n, other.add(n, 0));", { './other.js': { add: (a: number, b: number) => a + b } })
    expect(loaded).toEqual([])
    expect(exports.twice?.(2)).toBe(4)
    expect(exports.twice?.(3)).toBe(6)
    expect(loaded).toEqual(['./other.js'])
  })

  it('is loaded at once by a file that uses it at its start', () => {
    const { exports, loaded } = run("const other = require('./other.js');\nconst one = other.ONE;\nexports.sum = () => one + other.ONE;", { './other.js': { ONE: 1 } })
    expect(loaded).toEqual(['./other.js'])
    expect(exports.sum?.()).toBe(2)
  })

  it('is loaded at once by a file that passes it on whole', () => {
    const { exports, loaded } = run("const other = require('./other.js');\nexports.all = () => other;", { './other.js': 'it' })
    expect(loaded).toEqual(['./other.js'])
    expect(exports.all?.()).toBe('it')
  })

  it('can have its classes constructed', () => {
    class Box {
      constructor(readonly content: unknown) {}
    }
    const { exports } = run("const other = require('./other.js');\nexports.box = (it) => new other.Box(it);", { './other.js': { Box } })
    expect(exports.box?.(1)).toEqual(new Box(1))
  })

  it('is not confused with a property of the same name', () => {
    const { exports, loaded } = run("const other = require('./other.js');\nexports.of = (it) => ({ other: it.other, [other.KEY]: 1 });", { './other.js': { KEY: 'key' } })
    expect(exports.of?.({ other: 2 })).toEqual({ other: 2, key: 1 })
    expect(loaded).toEqual(['./other.js'])
  })

  it('of the frameworks is loaded at once', () => {
    expect(run("const vendor = require('../common/vendor.js');\nexports.f = () => vendor.x;", { '../common/vendor.js': {} }).loaded).toEqual(['../common/vendor.js'])
  })
})
