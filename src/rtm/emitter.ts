import { clock } from '@/src/chat/time/clock'
import type { EventTable, RtmEmitter } from './port'

type Listener = (...args: never[]) => unknown

/**
 * The emitter of the port's clients and channels. A listener that throws, or returns a promise that rejects, stops neither the other listeners nor the
 * adapter. Its error goes to {@link Emitter.onListenerError}.
 */
export class Emitter<Events extends EventTable<Events>> implements RtmEmitter<Events> {
  /** Receives the errors of listeners. By default they are thrown again outside the adapter, so that the platform reports them. */
  static onListenerError: (error: unknown) => void = (error) => {
    clock.after(0, () => {
      throw error
    })
  }

  private readonly listeners = new Map<keyof Events, readonly Listener[]>()

  on<Name extends keyof Events>(event: Name, listener: Events[Name]): this {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener])
    return this
  }

  removeAllListeners(event?: keyof Events): this {
    if (event === undefined) this.listeners.clear()
    else this.listeners.delete(event)
    return this
  }

  /**
   * Calls every listener at once, in order of registration. For the adapters, not for users of the port.
   * @returns whether all of them have succeeded, once their promises are settled.
   */
  emit<Name extends keyof Events>(event: Name, ...args: Parameters<Events[Name]>): Promise<boolean> {
    const listeners = this.listeners.get(event) ?? []
    const results = listeners.map((listener) => succeeds(() => (listener as (...args: unknown[]) => unknown)(...args)))
    const [only] = results
    if (only && results.length === 1) return only
    return Promise.all(results).then((all) => all.every(Boolean))
  }
}

/** Runs `listener` synchronously. Resolves to whether it and its promise succeeded. */
async function succeeds(listener: () => unknown): Promise<boolean> {
  try {
    return (await listener()) !== false
  } catch (error) {
    Emitter.onListenerError(error)
    return false
  }
}
