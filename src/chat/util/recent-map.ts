/** A map of the most recently used entries, at most `capacity`. The least recently used ones are dropped. */
export class RecentMap<Key, Value> {
  private readonly entries = new Map<Key, Value>()
  /** Used last: to use it again moves nothing. */
  private newest: Key | undefined

  constructor(private readonly capacity: number) {}

  get(key: Key): Value | undefined {
    const value = this.entries.get(key)
    if (value !== undefined && key !== this.newest) this.set(key, value)
    return value
  }

  /** Reads without counting as a use. */
  has(key: Key): boolean {
    return this.entries.has(key)
  }

  set(key: Key, value: Value): void {
    this.newest = key
    this.entries.delete(key)
    this.entries.set(key, value)
    if (this.entries.size <= this.capacity) return
    // A Map keeps the order of insertion, so the first key is the least recently used one.
    for (const oldest of this.entries.keys()) {
      this.entries.delete(oldest)
      return
    }
  }

  delete(key: Key): void {
    this.entries.delete(key)
  }

  keys(): Iterable<Key> {
    return this.entries.keys()
  }
}
