/** A hash table from the 32-bit hashes of one conversation's ids to seqs. It has no objects, so a message takes only 12 to 24 bytes. */

/** Slots of an empty table. A power of two. */
const SLOTS_MIN = 128
const NOTHING: readonly number[] = []

export class IdTable {
  /** Number of entries. */
  size = 0
  /** Complete pages of the log that are not indexed here, ascending. */
  unindexed: readonly number[] = []
  /** Two numbers per slot: the hash, and the seq plus 1. The second is 0 in an empty slot. */
  private slots = new Uint32Array(2 * SLOTS_MIN)

  /** `start` returns the first seq that is still in the log. Entries before it are dropped when the table grows. */
  constructor(private readonly start: () => number) {}

  /** Adds an entry if the table does not have it. */
  add(hash: number, seq: number): void {
    // At most two thirds of the slots are used, which keeps searches short.
    if (this.size * 3 >= this.slots.length) this.grow()
    this.put(hash, seq + 1)
  }

  /** The seqs with this hash, oldest first. Different ids can have the same hash, so the caller must compare the messages. */
  seqs(hash: number): readonly number[] {
    let found: number[] | undefined
    for (let slot = this.slotOf(hash); ; slot = this.next(slot)) {
      const place = this.slots[slot + 1]
      if (!place) return found ? found.sort((a, b) => a - b) : NOTHING
      if (this.slots[slot] === hash) (found ??= []).push(place - 1)
    }
  }

  private put(hash: number, place: number): void {
    let slot = this.slotOf(hash)
    for (; this.slots[slot + 1] !== 0; slot = this.next(slot)) {
      if (this.slots[slot] === hash && this.slots[slot + 1] === place) return
    }
    this.slots[slot] = hash
    this.slots[slot + 1] = place
    this.size++
  }

  private grow(): void {
    const former = this.slots
    const start = this.start()
    let kept = 0
    for (let slot = 0; slot < former.length; slot += 2) if ((former[slot + 1] ?? 0) > start) kept++
    this.slots = new Uint32Array(kept * 6 < former.length ? former.length : former.length * 2)
    this.size = 0
    for (let slot = 0; slot < former.length; slot += 2) {
      const place = former[slot + 1] ?? 0
      if (place > start) this.put(former[slot] ?? 0, place)
    }
  }

  private slotOf(hash: number): number {
    return (hash * 2) & (this.slots.length - 1)
  }

  private next(slot: number): number {
    return (slot + 2) & (this.slots.length - 1)
  }
}
