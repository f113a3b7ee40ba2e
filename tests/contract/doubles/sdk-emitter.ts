type Listener = (...args: unknown[]) => void

/** The EventEmitter of Agora's SDKs: a listener that throws breaks the call that emitted. */
export class SdkEmitter {
  private readonly table = new Map<string, { listener: Listener; once: boolean }[]>()

  on(event: string, listener: Listener): this {
    this.table.set(event, [...(this.table.get(event) ?? []), { listener, once: false }])
    return this
  }

  once(event: string, listener: Listener): this {
    this.table.set(event, [...(this.table.get(event) ?? []), { listener, once: true }])
    return this
  }

  off(event: string, listener: Listener): this {
    this.table.set(event, (this.table.get(event) ?? []).filter((entry) => entry.listener !== listener))
    return this
  }

  removeAllListeners(event?: string): this {
    if (event === undefined) this.table.clear()
    else this.table.delete(event)
    return this
  }

  listenerCount(event: string): number {
    return this.table.get(event)?.length ?? 0
  }

  emit(event: string, ...args: unknown[]): boolean {
    const entries = this.table.get(event) ?? []
    this.table.set(event, entries.filter((entry) => !entry.once))
    for (const { listener } of entries) listener(...args)
    return entries.length > 0
  }
}
