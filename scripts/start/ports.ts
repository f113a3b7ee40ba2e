// The ports of a command: which ones it gets, and one sentence that names all those it cannot have.
import { createServer } from 'node:net'
import { Refusal, type Sentence } from '../sentence'

/** How many ports are tried for a server that may move to another port. */
const TRIED_PORTS = 100
const PORT_MAX = 65_535

/** Why a port is not available: a program has it, or the system reserves it. Windows reserves ranges for Hyper-V and WSL, others the ports below 1024. */
export type PortProblem = 'EADDRINUSE' | 'EACCES'

/** A port that a command needs. */
export interface WantedPort {
  /** Its name, before «的端口» and "'s port". */
  readonly name: Sentence
  /** The option that sets it, as in `--port`. */
  readonly option: string
  readonly from: number
  /** Whether only `from` will do, instead of the first free port from there. */
  readonly isFixed?: boolean
}

/** The unavailable ports of one {@link WantedPort}. */
export interface RefusedPorts {
  readonly wanted: WantedPort
  readonly last: number
  readonly problems: readonly PortProblem[]
}

/** Returns why a program cannot listen on a port, or undefined. Tests replace it. */
export type PortProbe = (host: string, port: number) => Promise<PortProblem | undefined>

/**
 * Resolves to one port of `host` for each of `wanted`, all different.
 * @param command the command that the user typed, as in `npm start`
 * @throws Refusal that names every unavailable port
 */
export async function choosePorts(host: string, command: string, wanted: readonly WantedPort[], probe: PortProbe = portProblem): Promise<number[]> {
  const ports: number[] = []
  const refused: RefusedPorts[] = []
  // Fixed ports first: the others can move past them.
  const fixed = new Set(wanted.filter(({ isFixed }) => isFixed).map(({ from }) => from))
  for (const one of wanted) {
    const found = await firstFree(host, one, (port) => (ports.includes(port) || (!one.isFixed && fixed.has(port)) ? Promise.resolve('EADDRINUSE') : probe(host, port)))
    if (typeof found === 'number') ports.push(found)
    else refused.push(found)
  }
  if (refused.length > 0) throw portRefusal(command, refused.sort((a, b) => Number(b.wanted.isFixed ?? false) - Number(a.wanted.isFixed ?? false)))
  return ports
}

async function firstFree(host: string, wanted: WantedPort, probe: (port: number) => Promise<PortProblem | undefined>): Promise<number | RefusedPorts> {
  const last = wanted.isFixed ? wanted.from : Math.min(wanted.from + TRIED_PORTS - 1, PORT_MAX)
  const problems = new Set<PortProblem>()
  for (let port = wanted.from; port <= last; port++) {
    const problem = await probe(port)
    if (!problem) return port
    problems.add(problem)
  }
  return { wanted, last, problems: [...problems] }
}

/** The sentence that names every unavailable port of a command, and how to choose others. */
export function portRefusal(command: string, refused: readonly RefusedPorts[]): Refusal {
  // No program can be named for a port that the system reserves.
  const holders = refused.filter(({ problems }) => problems.includes('EADDRINUSE')).length
  const end = {
    zh: holders === 0 ? '' : '，或先结束占用端口的程序（也许是另一个 npm start）',
    en: holders === 0 ? '' : `, or end the ${holders === 1 ? 'program that holds it' : 'programs that hold them'} first (perhaps another npm start)`,
  }
  const options = (number: string) => [command, '--', ...refused.map(({ wanted }) => `${wanted.option} ${number}`)].join(' ')
  const clauses = refused.map(({ wanted: { name, from }, last, problems }) => ({
    zh: `${name.zh}的端口 ${portRange(from, last).zh} ${describe(problems).zh}`,
    en: `${name.en}'s ${portRange(from, last).en} ${from === last ? 'is' : 'are'} ${describe(problems).en}`,
  }))
  return new Refusal({
    zh: `${clauses.map(({ zh }) => zh).join('，')}：请用 ${options('端口号')} 另选${end.zh}。`,
    en: `${capital(clauses.map(({ en }) => en).join(', and '))}: choose another with ${options('NUMBER')}${end.en}.`,
  })
}

/** Says which ports were unavailable when a server took `got` instead of `wanted`. Undefined if they are the same. */
export function portsPassed(wanted: number, got: number, option: string): string | undefined {
  if (got === wanted) return undefined
  const { zh, en } = portRange(wanted, got - 1)
  const isOne = got - 1 === wanted
  return `端口 ${zh} 被占用或保留，换用了 ${got}；另选用 ${option} 端口号。 ${capital(en)} ${isOne ? 'is in use or reserved' : 'are in use or reserved'}, so ${got} was taken; ${option} NUMBER chooses another.`
}

function portRange(from: number, last: number): Sentence {
  return from === last ? { zh: String(from), en: `port ${from}` } : { zh: `${from} 到 ${last}`, en: `ports ${from} to ${last}` }
}

function describe(problems: readonly PortProblem[]): Sentence {
  if (problems.length > 1) return { zh: '被占用或被系统保留', en: 'in use or reserved by the system' }
  return problems[0] === 'EACCES' ? { zh: '被系统保留（EACCES）', en: 'reserved by the system (EACCES)' } : { zh: '已被占用', en: 'in use' }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Listens for a moment. Throws a {@link Refusal} if no program could listen on `host`. */
function portProblem(host: string, port: number): Promise<PortProblem | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', ({ code = '', message }: NodeJS.ErrnoException) => {
      if (isPortProblem(code)) resolve(code)
      else reject(new Refusal({ zh: `不能在 ${host} 的端口 ${port} 上监听（${code || message}）。`, en: `Cannot listen on port ${port} of ${host} (${code || message}).` }))
    })
    server.listen(port, host, () => server.close(() => resolve(undefined)))
  })
}

/** Returns the code of an error, or of its cause, if it means an unavailable port. */
export function portProblemOf(error: unknown): PortProblem | undefined {
  if (!(error instanceof Error)) return undefined
  const { code = '' } = error as NodeJS.ErrnoException
  return isPortProblem(code) ? code : portProblemOf(error.cause)
}

function isPortProblem(code: string): code is PortProblem {
  return code === 'EADDRINUSE' || code === 'EACCES'
}
