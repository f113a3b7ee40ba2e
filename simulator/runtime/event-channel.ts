/** The channel between a page and the one that opened it (`getOpenerEventChannel`). */
type Listener = (...args: unknown[]) => void

export class EventChannel {
  private readonly listeners = new Map<string, { listener: Listener; once: boolean }[]>()

  on(event: string, listener: Listener): void {
    this.add(event, listener, false)
  }

  once(event: string, listener: Listener): void {
    this.add(event, listener, true)
  }

  off(event: string, listener?: Listener): void {
    const kept = (this.listeners.get(event) ?? []).filter((entry) => listener && entry.listener !== listener)
    this.listeners.set(event, kept)
  }

  emit(event: string, ...args: unknown[]): void {
    const entries = this.listeners.get(event) ?? []
    this.listeners.set(event, entries.filter(({ once }) => !once))
    for (const { listener } of entries) listener(...args)
  }

  private add(event: string, listener: Listener, once: boolean): void {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), { listener, once }])
  }
}
