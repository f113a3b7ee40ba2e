/**
 * The module system of a mini program: `require` by path, and a global scope with exactly the globals of WeChat's logic layer. Other globals of a browser
 * (window, fetch, …) are undefined, as on a phone.
 */
import type { Packages } from './packages'
import type { Bundle } from './types'

/** The language's own globals, which every JavaScript engine on a phone has. */
const LANGUAGE = [
  'AggregateError', 'Array', 'ArrayBuffer', 'BigInt', 'BigInt64Array', 'BigUint64Array', 'Boolean', 'DataView', 'Date', 'Error', 'EvalError', 'Float32Array',
  'Float64Array', 'Function', 'Infinity', 'Int16Array', 'Int32Array', 'Int8Array', 'JSON', 'Map', 'Math', 'NaN', 'Number', 'Object', 'Promise', 'Proxy',
  'RangeError', 'ReferenceError', 'Reflect', 'RegExp', 'Set', 'String', 'Symbol', 'SyntaxError', 'TypeError', 'URIError', 'Uint16Array', 'Uint32Array',
  'Uint8Array', 'Uint8ClampedArray', 'WeakMap', 'WeakRef', 'WeakSet', 'decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'escape', 'eval',
  'isFinite', 'isNaN', 'parseFloat', 'parseInt', 'undefined', 'unescape',
] as const

export interface Modules {
  require(file: string): unknown
}

/**
 * `scope`: the globals of the mini program besides those of the language: wx, App, Page, console, timers, … `packages` knows which files are on the phone.
 */
export function createModules(bundle: Bundle, scope: Readonly<Record<string, unknown>>, packages: Pick<Packages, 'has' | 'download'>): Modules {
  const appGlobal: Record<string, unknown> = { ...scope }
  for (const name of LANGUAGE) if (name in globalThis) appGlobal[name] = (globalThis as Record<string, unknown>)[name]
  // Passed as parameters too: a lookup in the global object of a vm context takes a microsecond.
  const language = Object.fromEntries(LANGUAGE.filter((name) => name in globalThis && name !== 'eval' && name !== 'undefined').map((name) => [name, appGlobal[name]]))
  const visible: Record<string, unknown> = { ...language, ...scope, globalThis: appGlobal, global: appGlobal }
  const hidden = hostGlobals().filter((name) => !(name in visible))
  const cache = new Map<string, { exports: unknown }>()

  function load(file: string): unknown {
    const known = cache.get(file)
    if (known) return known.exports
    const source = bundle.scripts[file]
    if (source === undefined || !packages.has(file)) throw new Error(`module '${file}' is not defined`)
    const module = { exports: {} as unknown }
    cache.set(file, module)
    // The globals are parameters of an outer function, so that a module may declare a name that a browser has, e.g. `top`.
    const body = `return function (require, module, exports) {${source}\n}\n//# sourceURL=mp://${file}`
    const wrap = new Function(...Object.keys(visible), ...hidden, body) as (...globals: unknown[]) => (require: unknown, module: unknown, exports: unknown) => void
    wrap(...Object.values(visible))(requireOf(file), module, module.exports)
    return module.exports
  }

  /** `require.async` downloads the subpackage of a file. WeChat rejects with an object like this one. */
  function requireOf(file: string): unknown {
    const require = (reference: string) => load(resolve(file, reference))
    const async = async (reference: string): Promise<unknown> => {
      const target = resolve(file, reference)
      try {
        await packages.download(target)
      } catch (error) {
        throw { mod: target, errMsg: error instanceof Error ? error.message : String(error) }
      }
      return load(target)
    }
    return Object.assign(require, { async })
  }

  function resolve(from: string, reference: string): string {
    const path = joinPath(from, reference)
    return bundle.scripts[path] === undefined ? `${path}.js` : path
  }

  return { require: load }
}

/** Resolves `reference` relative to the file `from`. A leading `/` is the program's root. */
export function joinPath(from: string, reference: string): string {
  const parts = reference.startsWith('/') ? [] : from.split('/').slice(0, -1)
  for (const part of reference.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

/** The globals of this JavaScript host that are not part of the language. */
function hostGlobals(): string[] {
  const names = new Set<string>(['window', 'document', 'self', 'frames', 'location', 'navigator', 'localStorage', 'fetch', 'XMLHttpRequest', 'WebSocket', 'crypto', 'process', 'Buffer'])
  for (let level: unknown = globalThis; level && level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Object.getOwnPropertyNames(level)) names.add(name)
  }
  const language = new Set<string>(LANGUAGE)
  return [...names].filter((name) => /^[A-Za-z_$][\w$]*$/.test(name) && !language.has(name) && name !== 'constructor')
}
