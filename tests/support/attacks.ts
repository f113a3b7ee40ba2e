/** Requests that no server of this project may answer, for the tests of their request checks. */
import { connect } from 'node:net'
import { expect } from 'vitest'

/** Written into secret files. No answer may contain it. */
export const SECRET = 'SECRET-c0ffee'
const MARKS = [SECRET, 'root:x:0:0', 'PATH=']

/** The address of a server. */
export interface Target {
  readonly host: string
  readonly port: number
}

/** Sends a request byte for byte, since HTTP clients normalise addresses. Resolves to the whole answer, until its end or 5 s. */
export function send({ host, port }: Target, lines: readonly string[], body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`, 'latin1'))
    let answer = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text
      // An upgrade that was accepted stays open.
      if (answer.startsWith('HTTP/1.1 101 ')) socket.destroy()
    })
    socket.setTimeout(5_000, () => socket.destroy())
    socket.once('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? resolve(answer) : reject(error)))
    socket.once('close', () => resolve(answer))
  })
}

export const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)

/**
 * Asserts that the server refused, and that its answer has no secret. Node answers 400 to malformed HTTP.
 * @param statuses those that count as a refusal, besides 400
 */
export function expectRefused(answer: string, request: string, statuses: readonly number[] = [403, 405]): void {
  expect([400, ...statuses], `${request}\n${answer.slice(0, 300)}`).toContain(statusOf(answer))
  for (const mark of MARKS) expect(answer.includes(mark), `${mark} in the answer to ${request}`).toBe(false)
  expect(answer.toLowerCase(), request).not.toContain('access-control-allow-origin')
}

/** Sends a request and resets the connection, as soon as it is sent or once the answer begins. */
export function cut({ host, port }: Target, lines: readonly string[], when: 'sent' | 'answered' = 'sent'): Promise<void> {
  return new Promise((resolve, reject) => {
    const cutNow = () => socket.resetAndDestroy()
    const socket = connect(port, host, () => socket.write(`${lines.join('\r\n')}\r\n\r\n`, when === 'sent' ? cutNow : undefined))
    if (when === 'answered') socket.once('data', cutNow)
    socket.once('error', reject)
    socket.once('close', () => resolve())
  })
}

/** The headers of every WebSocket client. */
export const UPGRADE = ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']

/** Queries that Vite interprets, appended to an address. */
export const SUFFIXES = [
  '', '?', '?raw', '?import&raw', '?raw&import', '?import&?raw', '?raw??', '?import&raw??', '?url', '?import&url', '?inline&import', '?inline&import&.svg',
  '?.svg?.wasm?init', '?import&.svg?.wasm?init', '?direct', '?worker', '?worker_file&type=module', '?sharedworker', '?html-proxy&index=0.js', '?t=1700000000000', '?v=abcdef',
  '?vue&type=script&src=true&lang.ts', '?vue&type=style&index=0&lang.css', '?commonjs-proxy', '?init', '#', '#x.js', '?import&raw#.js', '%00', '%00.js', '%2500.js', '.', '/', '%20', ';x.js',
]

/** The folders used in the addresses, all absolute. */
export interface Folders {
  /** The served project. */
  readonly project: string
  /** The folder that contains it. */
  readonly parent: string
  /** A project elsewhere. */
  readonly other: string
}

/** Addresses of private files, in more than 1,500 spellings. None of them means the page. */
export function attackAddresses(folders: Folders): string[] {
  const files = keptFiles(folders).flatMap((file) => SUFFIXES.map((suffix) => file + suffix))
  return [...files, ...ways(folders)].map((target) => Buffer.from(target, 'utf8').toString('latin1'))
}

/** Files outside the project, secret ones inside, and those that the page does not use. */
function keptFiles({ project, parent, other }: Folders): string[] {
  const inside = ['.env', '.env.local', '.env.example', '.npmrc', '.git/config', '.git/HEAD', '.gitignore', 'private.key', 'package.json', 'package-lock.json', 'vite.config.ts', 'scripts/start.ts', 'gateway/main.ts']
  return [
    '/@fs/etc/passwd', '/@fs//etc/passwd', '/@fs/proc/self/environ', '/@fs/proc/self/cwd/.env', `/@fs${parent}/outside.txt`,
    ...inside.flatMap((file) => [`/${file}`, `/@fs${project}/${file}`]),
    `/@fs${other}/package.json`, '/static/link.txt', '/static/folder/outside.txt', '/static/.hidden', '/static/upload.key', '/static/server.PEM', '/static/id_rsa', '/src/notes.txt', '/src/lib/rtm.miniapp.js',
    '/node_modules/.package-lock.json', '/node_modules/vite/package.json', '/node_modules/.vite/deps/_metadata.json', '/node_modules/express/index.js',
  ]
}

/** Ways out of the served folder. */
function ways({ project, parent }: Folders): string[] {
  const ups = ['..', '%2e%2e', '%2E.', '.%2e', '%252e%252e', '%c0%ae%c0%ae', '%u002e%u002e', '．．']
  const slashes = ['/', '%2f', '%5c', '\\', '%252f', '//', '/./']
  const climb = ups.flatMap((up) => slashes.map((slash) => [up, slash] as const))
  return [
    ...climb.map(([up, slash]) => `/static/${up}${slash}.env.local`),
    ...climb.map(([up, slash]) => `/src/${Array.from({ length: 12 }, () => up).join(slash)}${slash}etc/passwd`),
    `/@fs/x/../../..${parent}/outside.txt`, `/@fs${project}/static/../.env.local`, `/@fs${project}/../outside.txt`, `/@fs${project}/node_modules/../../outside.txt`,
    '/../../../../../../etc/passwd', '//etc/passwd', '///etc/passwd', '/static//etc/passwd', '/@id//etc/passwd', `/@id/${project}/.env.local`, '/@id/__x00__/etc/passwd', '/@id/./.env',
    ...['..', '%2e%2e'].map((up) => `/node_modules/.vite/deps/${up}/${up}/${up}/${up}/outside.map`), `/@fs${project}/node_modules/.vite/deps/../../../../outside.map`, '/@fs/etc/passwd.map', '/main.ts.map.map',
    '/@vite/../@fs/etc/passwd', '/@vite/client/../../.env', '/@vite/env', '/@react-refresh', '/__open-in-editor?file=/etc/passwd', '/__open-in-editor?file=.env',
    '/static/logo.png/../../.env.local', '/static/logo.png%00.env', '/static/\u0000', '/static/', '/static', '/src/', '/src', '/@fs/', '/@fs', '/@id/',
    '/static/t=1700000000000.hidden', '/t=1700000000000.env.local', '/et=1700000000000/c', '/.env.local/', '/%2eenv', '/.%65nv', '/.ENV.LOCAL', '/.env.local::$DATA', '/ENV~1', '/main.ts.map?raw',
    'http://127.0.0.1/@fs/etc/passwd', 'https://evil.example/.env', '/main.ts?raw', '/main.ts?url', '/src/pages/me/me.vue?raw', '/index.html?raw&import', '/?import&raw', '?raw', '@fs/etc/passwd', '.env',
  ].filter((target) => !isPage(target))
}

/** The page itself is served whatever its query says. */
const isPage = (target: string) => /^\/(?:index\.html)?(?:\?|$)/.test(target)

/** Values of the `Host` header that name another server. */
export function foreignHosts({ host, port }: Target): string[] {
  return [
    'evil.example', `evil.example:${port}`, `${host}.evil.example:${port}`, `localhost.evil.example:${port}`, `evil.localhost:${port}`, 'localhost.', `0.0.0.0:${port}`, `[::]:${port}`, `192.168.255.254:${port}`,
    `evil@${host}:${port}`, `${host}:${port}@evil.example`, `${host}:${port}/`, `${host}:${port},evil.example`, `${host}:port`, `${host}:999999`, `1${host}`, '', 'localhost evil', `[::ffff:${host}]:${port}`,
  ]
}

/** Values of the `Origin` header that name another page. */
export function foreignOrigins({ host, port }: Target): string[] {
  const origin = `http://${host}:${port}`
  return [
    'http://evil.example', 'null', '', `http://${host}`, `http://${host}:${port + 1}`, `http://localhost.evil.example:${port}`, `${origin}.evil.example`, `${origin}/`, `${origin} http://evil.example`,
    `ws://${host}:${port}`, 'https://servicewechat.com', 'file://', 'chrome-extension://abcdefghijklmnop', `http://evil@${host}:${port}`,
  ]
}
