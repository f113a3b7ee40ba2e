/** All events with their times: what the network saw of each message, and the faults. For finding a lost message. */
import type { Frame } from './proxy'
import type { HttpExchange } from './http-links'
import { pictureWords, type Taken } from './verdict'

/** An answer within this time shows when the request was performed, ms. */
const EXACT_MS = 1_000

interface Entry {
  readonly at: number
  readonly what: string
}

interface Asked {
  readonly from: string
  readonly raw: Taken['raw']
  readonly text: string
  readonly at: number
  readonly kind: string
}

export interface SendSeen {
  readonly from: string
  readonly raw: Taken['raw']
  readonly text: string
  readonly askedAt: number
  readonly answeredAt: number
}

export class Trace {
  readonly events: Entry[] = []
  /** By seq in the channel, when the gateway accepted which text. */
  readonly channelMessages = new Map<number, Omit<Taken, 'isExact'>>()
  /** Channel messages whose sender received the gateway's answer. */
  readonly answeredSends: SendSeen[] = []
  /** When the store's answer that it has a picture reached its sender, by the picture's words. */
  readonly uploaded = new Map<string, number>()
  /** Uploads that went on where an earlier request had ended. */
  readonly resumed = new Set<string>()
  private readonly byText = new Map<string, Entry[]>()
  private readonly asked = new Map<string, Asked>()
  private readonly answered = new Set<Asked>()

  event(what: string): void {
    this.events.push({ at: Date.now(), what })
  }

  told(text: string, what: string): void {
    const entries = this.byText.get(text) ?? []
    entries.push({ at: Date.now(), what })
    this.byText.set(text, entries)
  }

  story(text: string): readonly Entry[] {
    return this.byText.get(text) ?? []
  }

  /** Every typed text. */
  texts(): readonly string[] {
    return [...this.byText.keys()]
  }

  /** A frame from the client `uid` in its run number `life`. */
  up(uid: string, life: number, frame: Frame): void {
    if (frame.t === 'peer' || frame.t === 'send') {
      const text = textOf(frame)
      const key = `${uid} ${life} ${String(frame['id'])}`
      // A request repeated after a lost connection is the same one, and performed once.
      if (!this.asked.has(key)) this.asked.set(key, { from: uid, raw: rawOf(frame), text, at: Date.now(), kind: frame.t })
      this.told(text, `${uid} → gateway: ${frame.t}, request ${String(frame['id'])}`)
    } else if (frame.t === 'ack') this.event(`${uid} acknowledges ${String(frame['mid'])}`)
    else if (frame.t === 'login') this.event(`${uid} logs in ${frame['resume'] ? 'to go on' : 'anew'}`)
    else if (frame.t === 'join') this.event(`${uid} joins`)
  }

  /** A frame to the client `uid`. */
  down(uid: string, life: number, frame: Frame): void {
    if (frame.t === 'peer') this.told(textOf(frame), `gateway → ${uid}: peer, mid ${String(frame['mid'])}${frame['off'] ? ', from the offline queue' : ''}`)
    else if (frame.t === 'msg') {
      const text = textOf(frame)
      const seq = Number(frame['seq'])
      const sentAt = this.channelMessages.get(seq)?.sentAt ?? Date.now()
      this.channelMessages.set(seq, { from: String(frame['from']), raw: rawOf(frame), text, at: Number(frame['ts']), sentAt })
      this.told(text, `gateway → ${uid}: msg, seq ${String(frame['seq'])}`)
    } else if (frame.t === 'ok' || frame.t === 'err') {
      const asked = this.asked.get(`${uid} ${life} ${String(frame['id'])}`)
      if (asked) this.told(asked.text, `gateway → ${uid}: ${JSON.stringify(frame)}`)
      const isFirst = asked !== undefined && !this.answered.has(asked)
      if (asked) this.answered.add(asked)
      if (isFirst && asked.kind === 'send' && frame.t === 'ok') this.answeredSends.push({ from: asked.from, raw: asked.raw, text: asked.text, askedAt: asked.at, answeredAt: Date.now() })
      if (frame['resumed'] !== undefined) this.event(`gateway → ${uid}: ${frame['resumed'] === true ? 'the session goes on' : 'a new session'}`)
    }
  }

  /** The client `uid` received an answer over HTTP. */
  http(uid: string, { method, path, status, headers, body }: HttpExchange): void {
    this.event(`file server → ${uid}: ${method} ${path} ${status}`)
    if (method === 'HEAD' && status === 200 && Number(headers['upload-offset']) > 0) this.resumed.add(path)
    if (!path.endsWith('/finish') || status !== 200) return
    const words = pictureWords((JSON.parse(body) as { sha256: string }).sha256)
    this.uploaded.set(words, Date.now())
    this.told(words, `file server → ${uid}: the store has it`)
  }

  /** When the gateway accepted which channel message: from the frame it delivered, or if it delivered none, from its answer. */
  taken(): Taken[] {
    const seen = [...this.channelMessages.values()]
    const undelivered = this.answeredSends.filter(
      ({ text, askedAt, answeredAt }) => !seen.some((message) => message.text === text && message.at >= askedAt - 1 && message.at <= answeredAt + 1),
    )
    return [
      ...seen.map((message) => ({ ...message, isExact: true })),
      // A late answer may be a repeated one, of a request performed long before.
      ...undelivered.map(({ from, raw, text, askedAt, answeredAt }) => ({ from, raw, text, at: answeredAt, sentAt: answeredAt, isExact: answeredAt - askedAt < EXACT_MS })),
    ].sort((a, b) => a.at - b.at)
  }
}

/** The typed text inside the envelope. Of receipts and of changes of messages the whole envelope. */
function textOf(frame: Frame): string {
  const text = String(frame['text'])
  const envelope = JSON.parse(text) as { kind: string; text?: string; sha256?: string }
  if (envelope.kind === 'image') return pictureWords(envelope.sha256 ?? '')
  return envelope.kind === 'text' ? (envelope.text ?? text) : text
}

function rawOf(frame: Frame): Taken['raw'] {
  return JSON.parse(String(frame['text'])) as Taken['raw']
}
