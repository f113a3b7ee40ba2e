/**
 * The peer messages of one session. The gateway repeats unacknowledged ones. This recognises those already delivered, and acknowledges only those that the
 * listeners have saved.
 */
export class Inbox {
  /** More than a gateway stores for redelivery. */
  private static readonly MEMORY = 10_000
  private readonly kept = new Set<number>()
  private readonly delivering = new Set<number>()

  constructor(private readonly acknowledge: (mid: number) => void) {}

  /** @param deliver passes the message on; resolves to whether it was saved. */
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
