/**
 * A bound on what many owners hold together. When it is passed, those who hold most lose their oldest entries, down to one
 * level for all of them: who stays below that level loses nothing, however much the others add.
 */

export interface Share {
  readonly owner: string
  readonly bytes: number
}

interface Holding<Entry> {
  bytes: number
  /** The oldest first. */
  readonly entries: Set<Entry>
}

/** An overflow takes some more than it has to, so that the search for the greatest owners is rare. */
const ROOM = 0.95

export class FairTotal<Entry extends Share> {
  private readonly holdings = new Map<string, Holding<Entry>>()
  private total = 0

  constructor(private readonly maxBytes: number) {}

  get bytes(): number {
    return this.total
  }

  get isOver(): boolean {
    return this.total > this.maxBytes
  }

  /** What one owner holds. */
  bytesOf(owner: string): number {
    return this.holdings.get(owner)?.bytes ?? 0
  }

  add(entry: Entry): void {
    const holding = this.holdings.get(entry.owner) ?? { bytes: 0, entries: new Set<Entry>() }
    this.holdings.set(entry.owner, holding)
    holding.entries.add(entry)
    holding.bytes += entry.bytes
    this.total += entry.bytes
  }

  remove(entry: Entry): void {
    const holding = this.holdings.get(entry.owner)
    if (!holding?.entries.delete(entry)) return
    holding.bytes -= entry.bytes
    this.total -= entry.bytes
    if (holding.entries.size === 0) this.holdings.delete(entry.owner)
  }

  /**
   * The entries that have to go, none while the total is within its bound. It takes nothing out by itself.
   * @param goesFirst entries that go before all others, of any owner
   */
  overflow(goesFirst: (entry: Entry) => boolean = () => false): Entry[] {
    if (!this.isOver) return []
    const surplus = this.total - this.maxBytes * ROOM
    const first = takeOldest(this.shares(goesFirst), surplus)
    const rest = surplus - sum(first)
    return rest > 0 ? [...first, ...takeOldest(this.shares((entry) => !goesFirst(entry)), rest)] : first
  }

  /** What each owner holds of the entries that `counts` picks. */
  private shares(counts: (entry: Entry) => boolean): { bytes: number; entries: Entry[] }[] {
    return [...this.holdings.values()].map((holding) => {
      const entries = [...holding.entries].filter(counts)
      return { bytes: sum(entries), entries }
    })
  }
}

/** The oldest entries of the greatest shares, of `surplus` bytes together or somewhat more. */
function takeOldest<Entry extends Share>(shares: { bytes: number; entries: Entry[] }[], surplus: number): Entry[] {
  shares.sort((a, b) => b.bytes - a.bytes)
  const level = fairLevel(
    shares.map(({ bytes }) => bytes),
    surplus,
  )
  const taken: Entry[] = []
  let left = surplus
  for (const share of shares) {
    for (const entry of share.entries) {
      if (left <= 0 || share.bytes <= level) break
      taken.push(entry)
      share.bytes -= entry.bytes
      left -= entry.bytes
    }
  }
  return taken
}

/** The level to which the greatest have to come down, so that together they give `surplus`. @param bytes the greatest first */
function fairLevel(bytes: readonly number[], surplus: number): number {
  let held = 0
  for (const [index, share] of bytes.entries()) {
    held += share
    const count = index + 1
    const level = (held - surplus) / count
    if (level >= (bytes[count] ?? 0)) return level
  }
  return 0
}

function sum(entries: readonly Share[]): number {
  return entries.reduce((bytes, entry) => bytes + entry.bytes, 0)
}
