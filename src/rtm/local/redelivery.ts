/**
 * The peer messages of one session. The gateway sends again what it has no acknowledgement of; this tells what was
 * delivered already, and acknowledges only what the listeners have kept.
 */
export class Inbox {
  /** More than a gateway keeps for redelivery. */
  private static readonly MEMORY = 10_000
  private readonly kept = new Set<number>()
  private readonly delivering = new Set<number>()

  constructor(private readonly acknowledge: (mid: number) => void) {}

  /** @param deliver hands the message over; whether it was kept. */
  async receive(mid: number, deliver: () => Promise<boolean>): Promise<void> {
    if (this.delivering.has(mid)) return
    if (!this.kept.has(mid)) {
      this.delivering.add(mid)
      const kept = await deliver()
      this.delivering.delete(mid)
      if (!kept) return
      this.remember(mid)
    }
    this.acknowledge(mid)
  }

  private remember(mid: number): void {
    this.kept.add(mid)
    if (this.kept.size <= Inbox.MEMORY) return
    const [oldest] = this.kept
    if (oldest !== undefined) this.kept.delete(oldest)
  }
}
