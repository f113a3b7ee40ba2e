// Which requests the H5 development server answers, and how: the rules of dev-server-guard.ts as plain functions.
import { realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { isLoopbackName } from '../../gateway/origin'

/** The parts of a request that identify its sender. */
export interface Requester {
  /** All values of each header, by its name in lower case. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  /** This machine's address of the connection. IPv4 may be written as IPv6 (`::ffff:192.168.1.5`). */
  readonly localAddress: string | undefined
}

const AUTHORITY = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{1,5})?$/

/**
 * Whether the `Host` header names this server: a loopback name, the connection's own address, or a name in `allowed`, which has the form of Vite's
 * `server.allowedHosts`. A rebound name (a foreign domain that resolves to this machine) does not.
 */
export function isOwnHost({ headers, localAddress = '' }: Requester, allowed: true | readonly string[] = []): boolean {
  const host = AUTHORITY.exec(hostOf(headers))?.[1]
  if (host === undefined) return false
  const bound = localAddress.replace(/^::ffff:/, '')
  return isLoopbackName(host) || host === bound || host === `[${bound}]` || allowed === true || allowed.some((name) => isAllowedBy(name.toLowerCase(), host))
}

/** `.chat.test` allows chat.test and every name below it. */
function isAllowedBy(name: string, host: string): boolean {
  return name.startsWith('.') ? host === name.slice(1) || host.endsWith(name) : host === name
}

/**
 * Whether the request comes from the server's own page, from an address bar, or from a program. Browsers name the page in `Origin`, or, if they omit it, its
 * relation to this server in `Sec-Fetch-Site`. `isPage`: links on other sites may lead to the page.
 */
export function isOwnOrigin({ headers }: Pick<Requester, 'headers'>, isPage = false): boolean {
  const origin = valueOf(headers, 'origin')
  if (origin !== undefined) return origin === `http://${hostOf(headers)}` || origin === `https://${hostOf(headers)}`
  const site = valueOf(headers, 'sec-fetch-site')
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  return isPage && valueOf(headers, 'sec-fetch-mode') === 'navigate' && valueOf(headers, 'sec-fetch-dest') === 'document'
}

/** HTTP/2 has `:authority` instead of Host. */
function hostOf(headers: Requester['headers']): string {
  return (valueOf(headers, 'host') ?? valueOf(headers, ':authority') ?? '').toLowerCase()
}

/** Returns the value of a header that may occur once. Two values are joined into one that matches neither. */
export function valueOf(headers: Requester['headers'], name: string): string | undefined {
  return headers.get(name)?.join(', ')
}

/** The state of the server that decides what is served. */
export interface Served {
  /** The base path of the page, with a `/` at both ends. */
  readonly base: string
  /** The root of the project, absolute. */
  readonly root: string
  /** The folder of the dependencies that Vite has bundled, relative to `root`, with `/` between names. */
  readonly deps: string
  /** Whether the page's HTML or a served module refers to it. Takes a URL without base, `import` and `t`. */
  readonly isLoaded: (url: string) => boolean
}

/** How a request is answered: by Vite under this URL, or with this file of the project (relative to its root). */
export type Answer = { readonly url: string } | { readonly file: string }

/** No second `/` at the start, no `#`, `\`, space, control or other character that browsers encode. */
const REQUEST_TARGET = /^\/(?!\/)[\w\-.~!$&'()*+,;=:@%/?[\]|{}]*$/
const VITE_CLIENT = '/@vite/client'

/** Returns how a request is answered. Undefined if it must be rejected. */
export function answerTo(target: string, { base, root, deps, isLoaded }: Served): Answer | undefined {
  if (!REQUEST_TARGET.test(target)) return undefined
  const [address = '', ...queries] = target.split('?')
  const query = queries.join('?')
  // Vite redirects from the root to the base.
  if (base !== '/' && (address === '/' || `${address}/` === base)) return { url: address }
  if (!address.startsWith(base)) return undefined

  const pathname = address.slice(base.length - 1)
  if (pathname === VITE_CLIENT && query === '') return { url: target }
  const file = assetFile(root, pathname)
  if (file !== undefined && MEDIA.test(file) && !MEANT_FOR_VITE.test(query)) return { file }
  const isModule = (name: string) => {
    const url = moduleUrl(name, query)
    return url !== undefined && isLoaded(url)
  }
  if (isModule(pathname) || (pathname.endsWith('.map') && isModule(pathname.slice(0, -'.map'.length)))) return { url: target }
  if (isBundledDependency(pathname.slice(1), query, { root, deps })) return { url: target }
  // The page reads its own query. Vite would interpret `?raw` or `?import` in it.
  if (pathname === '/' || pathname === '/index.html') return { url: base }
  return file === undefined ? undefined : { file }
}

/**
 * Returns the URL of a request in Vite's module graph: decoded, and without Vite's cache parameters. Undefined if no module can have it. Vite's graph also
 * has files that a plugin only watches, so hidden files and keys have none.
 */
function moduleUrl(pathname: string, query: string): string | undefined {
  const own = query.split('&')
  // Removed once only: a repeated parameter stays, and then no module has the URL.
  for (const added of [/^import$/, /^t=\d{13}$/]) {
    const index = own.findIndex((part) => added.test(part))
    if (index >= 0) own.splice(index, 1)
  }
  const decoded = decodedBy(pathname, decodeURI)
  if (decoded === undefined) return undefined
  const id = decoded.startsWith('/@id/') ? decoded.slice('/@id/'.length).replace('__x00__', '\0') : decoded
  if (SECRET.test(id)) return undefined
  return own.join('&') === '' ? id : `${id}?${own.join('&')}`
}

/** Whether it is a dependency that Vite has bundled, or the source map of one. Browsers cache these, and request maps without `v`. */
function isBundledDependency(file: string, query: string, { root, deps }: Pick<Served, 'root' | 'deps'>): boolean {
  const [folder, name] = [path.posix.dirname(file), path.posix.basename(file)]
  return folder === deps && /^[\w.@+-]+\.(?:js|css)(?:\.map)?$/.test(name) && /^(?:v=\w+)?$/.test(query) && isFileIn(path.join(root, deps), path.join(root, file))
}

const STATIC_FOLDER = /^\/(?:static|uni_modules\/[\w-]+\/static)\//
const MEDIA = /\.(?:png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|otf|mp3|m4a|aac|wav|ogg|mp4|webm|wasm)$/i
/** An image that is imported, not shown, is a module. */
const MEANT_FOR_VITE = /(?:^|&)(?:import|url|raw|inline|no-inline|init)(?:&|$)/
/** No hidden file, and no name that Windows reads differently: `a:stream`, `A~1`, `a.`. */
const PLAIN_NAME = /^(?!\.)(?!.*~\d)[^\\/:*?"<>|\p{Cc}]*[^\\/:*?"<>|\p{Cc}. ]$/u

/** Returns the file of static/, or the image, font or sound of src/, that a style or a template refers to by its address. */
function assetFile(root: string, pathname: string): string | undefined {
  const address = decodedBy(pathname, decodeURIComponent)
  if (address === undefined || !(STATIC_FOLDER.test(address) || (address.startsWith('/src/') && MEDIA.test(address)))) return undefined
  const names = address.slice(1).split('/')
  if (SECRET.test(address) || !names.every((name) => PLAIN_NAME.test(name))) return undefined
  const file = names.join('/')
  return isFileIn(path.join(root, names[0] ?? ''), path.join(root, file)) ? file : undefined
}

/** Key files by their usual names and endings, and hidden files. */
const SECRET = /(?:^|\/)(?:\.[^/]*|id_(?:rsa|dsa|ecdsa|ed25519))$|\.(?:pem|key|crt|cer|der|p8|p12|pfx|ppk|jks|keystore|env|asc|gpg)$/i

/** Whether `file` is a regular file inside `folder`, symbolic links followed. */
function isFileIn(folder: string, file: string): boolean {
  try {
    return realpathSync(file).startsWith(realpathSync(folder) + path.sep) && statSync(file).isFile()
  } catch {
    // It does not exist.
    return false
  }
}

/** Returns undefined if the text is not a valid encoding. */
function decodedBy(pathname: string, decode: (text: string) => string): string | undefined {
  try {
    return decode(pathname)
  } catch {
    return undefined
  }
}

/**
 * Whether a rule of `server.proxy` matches the request, as Vite decides it: the target starts with the rule, or the rule is a pattern (`^...`) that matches
 * it. A rule may send a request back to Vite, so targets with dot segments never match.
 */
export function isProxied(target: string, rules: readonly string[]): boolean {
  if (!REQUEST_TARGET.test(target) || /(?:^|\/|\\)\.{1,2}(?:\/|\\|$)/.test(decodedBy(target.split('?')[0] ?? '', decodeURIComponent) ?? '..')) return false
  return rules.some((rule) => (rule.startsWith('^') ? new RegExp(rule).test(target) : target.startsWith(rule)))
}

/** Returns the addresses of scripts, styles and icons in the HTML of a page, from the root of the server. */
export function addressesInHtml(html: string): string[] {
  return [...html.matchAll(/<(?:script|link)\b[^>]*?\b(?:src|href)=["'](\/[^"']*)["']/g)].map(([, address = '']) => address)
}

/** Returns the addresses in served code that are not imports: workers, and files in the styles of packages. */
export function addressesInCode(code: string): string[] {
  const workers = code.matchAll(/["'](\/[^"'\s]*\?(?:worker|sharedworker)_file&type=\w+)/g)
  const files = code.matchAll(/\burl\(\s*\\?["']?(\/[^"'()\\\s]+)/g)
  return [...workers, ...files].map(([, address = '']) => address)
}
