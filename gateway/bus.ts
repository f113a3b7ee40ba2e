/**
 * The bus between the sessions of a gateway, and between the gateways of one system: fan-out, request and reply, and
 * sets of members. Everything that one user does to another goes through it, so that the two may sit on different nodes.
 *
 * Shaped so that NATS can stand behind it: subjects are plain names without spaces and wildcards, messages are JSON values,
 * a request that nobody serves is answered at once ("no responders"), and the sets are keys with an owner in a bucket.
 */
import type { Clock } from '../src/chat/time/clock'
import { nodeClock } from './clock'
import { Deadlines } from './deadlines'

/** The name of a subject with the types of what goes over it. `Reply` is void where nobody answers. */
export interface Subject<Message, Reply = void> {
  readonly name: string
  /** Types only. */
  readonly types?: { readonly message: Message; readonly reply: Reply }
}

/** What a change of a set did: whether it changed, and how many members it has now. */
export interface SetChange {
  readonly changed: boolean
  readonly count: number
}

export interface Bus {
  /** To all who listen, in the order of publication by one publisher. */
  publish<Message>(subject: Subject<Message>, message: Message): void
  listen<Message>(subject: Subject<Message>, listener: (message: Message) => void): () => void
  /** Asks the one who serves `subject`; undefined when nobody does. Rejects when the answer takes longer than `timeoutMs`. */
  request<Message, Reply>(subject: Subject<Message, Reply>, message: Message, timeoutMs: number): Promise<Reply | undefined>
  /** The latest one to serve a subject gets its requests. */
  serve<Message, Reply>(subject: Subject<Message, Reply>, handler: (message: Message) => Reply | Promise<Reply>): () => void

  /** Puts `member` into the set, in the name of `owner`; a later owner takes an earlier one's place without a change of the set. */
  addMember(set: string, member: string, owner: string): Promise<SetChange>
  /** Takes `member` out, unless another owner has it by now. */
  removeMember(set: string, member: string, owner: string): Promise<SetChange>
  listMembers(set: string): Promise<string[]>
  countMembers(set: string): Promise<number>
}

type Listener = (message: never) => void
type Handler = (message: never) => unknown

/** The bus of one process. Messages are handed over as they are: nobody changes a message. */
export function memoryBus(clock: Clock = nodeClock): Bus {
  const listeners = new Map<string, Set<Listener>>()
  const handlers = new Map<string, Handler[]>()
  const sets = new Map<string, Map<string, string>>()
  const deadlines = new Map<number, Deadlines>()

  const deadlinesOf = (ms: number): Deadlines => {
    const known = deadlines.get(ms) ?? new Deadlines(clock, ms)
    deadlines.set(ms, known)
    return known
  }

  return {
    publish(subject, message) {
      for (const listener of [...(listeners.get(subject.name) ?? [])]) listener(message as never)
    },
    listen(subject, listener) {
      const all = listeners.get(subject.name) ?? new Set<Listener>()
      listeners.set(subject.name, all.add(listener))
      return () => {
        all.delete(listener)
        if (all.size === 0 && listeners.get(subject.name) === all) listeners.delete(subject.name)
      }
    },
    request<Message, Reply>(subject: Subject<Message, Reply>, message: Message, timeoutMs: number) {
      const handler = handlers.get(subject.name)?.at(-1)
      if (!handler) return Promise.resolve(undefined)
      return within(() => handler(message as never) as Reply | Promise<Reply>, deadlinesOf(timeoutMs), `no answer on ${subject.name} within ${timeoutMs} ms`)
    },
    serve(subject, handler) {
      const all = handlers.get(subject.name) ?? []
      handlers.set(subject.name, all)
      all.push(handler)
      return () => {
        const index = all.lastIndexOf(handler)
        if (index >= 0) all.splice(index, 1)
        if (all.length === 0 && handlers.get(subject.name) === all) handlers.delete(subject.name)
      }
    },
    async addMember(set, member, owner) {
      const members = sets.get(set) ?? new Map<string, string>()
      sets.set(set, members)
      const changed = !members.has(member)
      members.set(member, owner)
      return { changed, count: members.size }
    },
    async removeMember(set, member, owner) {
      const members = sets.get(set)
      if (members?.get(member) !== owner) return { changed: false, count: members?.size ?? 0 }
      members.delete(member)
      if (members.size === 0) sets.delete(set)
      return { changed: true, count: members.size }
    },
    async listMembers(set) {
      return [...(sets.get(set)?.keys() ?? [])]
    },
    async countMembers(set) {
      return sets.get(set)?.size ?? 0
    },
  }
}

/** One promise for the whole of it: every peer message passes here, and its sender waits. */
function within<T>(ask: () => T | Promise<T>, deadlines: Deadlines, late: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const value = ask()
    if (!(value instanceof Promise)) return resolve(value)
    const deadline = deadlines.add(() => reject(new Error(late)))
    value.then(
      (reply) => {
        deadlines.cancel(deadline)
        resolve(reply)
      },
      (error: unknown) => {
        deadlines.cancel(deadline)
        reject(error)
      },
    )
  })
}
