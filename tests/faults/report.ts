/** The report of a run: a few lines for the terminal, and a file with all events for finding a cause. */
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Message } from '../../src/chat/message/message'
import { PEOPLE } from './plan'
import type { RunResult } from './run'
import type { Span } from './window'
import type { Trace } from './trace'
import { isFlawless, saidIn, verdictLine, type Finding } from './verdict'

const FOLDER = fileURLToPath(new URL('../../dist/test/faults', import.meta.url))
const SHOWN_FINDINGS = 10

/**
 * Below this share of pairs within the window, "lost 0" about channels would mean nothing. A plan at random can keep members away for most of the time: of the
 * seeds 1 to 20, the least share is a quarter.
 */
export const WINDOW_SHARE_MIN = 0.2

export function isGood(result: RunResult): boolean {
  return isFlawless(result.verdict) && result.changes.findings.length === 0 && result.pictures.findings.length === 0 && result.unsettled.length === 0 && result.problems.length === 0 && windowShare(result) >= WINDOW_SHARE_MIN
}

export function windowShare({ verdict: { channel } }: RunResult): number {
  return channel.pairs === 0 ? 0 : channel.inWindow / channel.pairs
}

/** For the terminal. */
export function summary(result: RunResult): string {
  const { plan, verdict, changes, pictures, restarts, cuts, doubledFrames, refused, unsettled, problems, ms } = result
  const { channel, unshown, unshownFound } = verdict
  const lines = [
    `seed ${plan.seed}: ${(ms.all / 1000).toFixed(0)} s (${(ms.faults / 1000).toFixed(0)} s of faults, settled after ${(ms.settling / 1000).toFixed(1)} s)`,
    verdictLine(verdict, { restarts: restarts.gateway + restarts.clients, cuts }),
    `  channel: ${channel.sent} messages, ${channel.inWindow} of ${channel.pairs} pairs of message and member within the window, out of order ${channel.disordered}`,
    `  changed messages: ${changes.changed}, with a quote ${changes.quoted}, read by their peer ${changes.read}; in the channel ${changes.older} older states outside of the window`,
    `  pictures: sent ${pictures.sent}, received with equal bytes ${pictures.equal}, equal in the caches ${pictures.cached}; requests broken off ${pictures.broken}, uploads resumed ${pictures.resumed}; uploads of more than 30 s ${pictures.slow}, of which behind later messages ${verdict.lateUploads}`,
    `  restarts: gateway ${restarts.gateway}, clients ${restarts.clients} (${restarts.torn} in the middle of a write); frames doubled ${doubledFrames}; writes refused ${refused}`,
    `  killed before their row was seen, so not counted as sent: ${unshown}, of which ${unshownFound} were found; no client is killed while its screen says that something is not kept`,
  ]
  if (windowShare(result) < WINDOW_SHARE_MIN) lines.push(`  too few pairs within the window: ${(100 * windowShare(result)).toFixed(0)} %`)
  for (const what of unsettled) lines.push(`  not settled: ${what}`)
  for (const problem of problems) lines.push(`  problem: ${problem}`)
  for (const finding of pictures.findings.slice(0, SHOWN_FINDINGS)) lines.push(`  ${finding}`)
  for (const finding of changes.findings.slice(0, SHOWN_FINDINGS)) lines.push(`  ${finding}`)
  for (const finding of verdict.findings.slice(0, SHOWN_FINDINGS)) lines.push(`  ${describe(finding)}`)
  if (verdict.findings.length > SHOWN_FINDINGS) lines.push(`  and ${verdict.findings.length - SHOWN_FINDINGS} more`)
  const [first] = verdict.findings
  if (first) lines.push(story(result, first))
  const file = writeReport(result)
  if (!isGood(result)) lines.push(`  seed ${plan.seed}; everything: ${file}`)
  return lines.join('\n')
}

/** Writes the events of an unfinished run to a file. Returns its path. */
export function writeTimeline(seed: number, messages: number, trace: Trace, error: unknown): string {
  return write(seed, messages, [...timeline(trace), '', '# It ended with', String(error)])
}

/** Writes all events to a file. Returns its path. */
export function writeReport(result: RunResult): string {
  const start = result.trace.events[0]?.at ?? 0
  return write(result.plan.seed, result.plan.messages, [
    ...timeline(result.trace),
    '',
    '# When who was in the channel, by life of the program',
    ...PEOPLE.flatMap((uid) => result.lives[uid].map((life) => `${uid}: lived ${span(life, start)}, joined ${life.joined.map((joined) => span(joined, start)).join(' ')}`)),
    '',
    '# What is wrong',
    ...result.unsettled,
    ...result.problems,
    ...result.pictures.findings,
    ...result.changes.findings,
    ...result.verdict.findings.map((finding) => `${describe(finding)}\n${story(result, finding)}`),
    '',
    '# What stands on the disks',
    ...PEOPLE.flatMap((uid) => [...result.histories[uid].logs].flatMap(([id, messages]) => [`## ${uid}: ${id}`, ...messages.map(line)])),
    '',
    '# The way of every message',
    ...result.trace.texts().map((text) => story(result, { text })),
  ])
}

function timeline(trace: Trace): string[] {
  const start = trace.events[0]?.at ?? 0
  return ['# What happened, seconds from the first event', ...trace.events.map(({ at, what }) => `${((at - start) / 1000).toFixed(2).padStart(8)} ${what}`)]
}

function write(seed: number, messages: number, lines: readonly string[]): string {
  fs.mkdirSync(FOLDER, { recursive: true })
  const file = path.join(FOLDER, `seed-${seed}-${messages}.log`)
  fs.writeFileSync(file, [`seed ${seed}, ${messages} messages`, '', ...lines].join('\n'))
  return path.relative(process.cwd(), file)
}

function describe({ fate, owner, conversation, text, detail }: Finding): string {
  return `${fate}: “${short(text)}” for ${conversation}: ${detail} (${owner})`
}

/** Who typed it when, its way over the network, and where it is now. */
function story({ trace, histories }: RunResult, { text }: Pick<Finding, 'text'>): string {
  const start = trace.events[0]?.at ?? 0
  const way = trace.story(text).map(({ at, what }) => `    ${((at - start) / 1000).toFixed(2)} s: ${what}`)
  const places = PEOPLE.flatMap((uid) =>
    [...histories[uid].logs].flatMap(([id, messages]) =>
      messages
        .filter((message) => saidIn(message) === text)
        .map(({ seq, status, id: messageId, failure }) => `    now in ${uid}'s ${id}: seq ${seq}, ${status}${failure ? ` (${JSON.stringify(failure)})` : ''}, id ${messageId}`),
    ),
  )
  return [`  the story of “${short(text)}”:`, ...way, ...(places.length > 0 ? places : ['    now nowhere'])].join('\n')
}

function line({ seq, from, status, body, failure }: Message): string {
  const what = short(saidIn({ body }) ?? body.kind).replaceAll('\n', ' ')
  return `${String(seq).padStart(5)} ${from} ${status}${failure ? ` (${JSON.stringify(failure)})` : ''}: ${what}`
}

function span({ from, to }: Span, start: number): string {
  return `${((from - start) / 1000).toFixed(1)}–${((to - start) / 1000).toFixed(1)}`
}

function short(text: string): string {
  if (text.startsWith('{"v":1')) return text.slice(0, 300)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
