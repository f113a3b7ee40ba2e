import { clock } from '@/src/chat/time/clock'
import type { EventTable, RtmEmitter } from './port'

type Listener = (...args: never[]) => unknown

interface Entry {
  readonly listener: Listener
  readonly once: boolean
}

/**
 * The emitter of the port's clients and channels. A listener that throws, or returns a promise that rejects, keeps neither
 * the other listeners nor the adapter from going on; its error goes to {@link Emitter.onListenerError}.
 */
export class Emitter<Events extends EventTable<Events>> implements RtmEmitter<Events> {
  /** Where the errors of listeners go. Unless replaced they are thrown again outside the adapter, so that the platform reports them. */
  static onListenerError: (error: unknown) => void = (error) => {
    clock.after(0, () => {
      throw error
    })
  }

  private readonly entries = new Map<keyof Events, readonly Entry[]>()

  on<Name extends keyof Events>(event: Name, listener: Events[Name]): this {
    return this.add(event, { listener, once: false })
  }

  once<Name extends keyof Events>(event: Name, listener: Events[Name]): this {
    return this.add(event, { listener, once: true })
  }

  /** Removes the latest registration of `listener`, as Node's emitter does. */
  off<Name extends keyof Events>(event: Name, listener: Events[Name]): this {
    const entries = this.entries.get(event) ?? []
    const index = entries.map((entry): unknown => entry.listener).lastIndexOf(listener)
    if (index >= 0) this.entries.set(event, entries.filter((_, i) => i !== index))
    return this
  }

  removeAllListeners(event?: keyof Events): this {
    if (event === undefined) this.entries.clear()
    else this.entries.delete(event)
    return this
  }

  listenerCount(event: keyof Events): number {
    return this.entries.get(event)?.length ?? 0
  }

  /**
   * Calls every listener at once, in order of registration. For the adapters, not for users of the port.
   * @returns whether all of them have succeeded, once their promises are settled.
   */
  emit<Name extends keyof Events>(event: Name, ...args: Parameters<Events[Name]>): Promise<boolean> {
    const results: Promise<boolean>[] = []
    for (const entry of this.entries.get(event) ?? []) {
      if (entry.once) this.remove(event, entry)
      results.push(succeeds(() => (entry.listener as (...args: unknown[]) => unknown)(...args)))
    }
    const [only] = results
    if (only && results.length === 1) return only
    return Promise.all(results).then((all) => all.every(Boolean))
  }

  private add(event: keyof Events, entry: Entry): this {
    this.entries.set(event, [...(this.entries.get(event) ?? []), entry])
    return this
  }

  private remove(event: keyof Events, entry: Entry): void {
    this.entries.set(event, (this.entries.get(event) ?? []).filter((other) => other !== entry))
  }
}

/** Runs `listener` before it returns; the promise tells whether it, and what it promised, succeeded. */
async function succeeds(listener: () => unknown): Promise<boolean> {
  try {
    return (await listener()) !== false
  } catch (error) {
    Emitter.onListenerError(error)
    return false
  }
}
