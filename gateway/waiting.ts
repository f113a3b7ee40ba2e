/** The peer messages that wait in many inboxes, kept below one bound: the inbox that holds most loses its oldest first. */
import type { Inbox } from './inbox'

export class Waiting {
  private readonly inboxes = new Set<Inbox>()
  private total = 0

  /** @param maxBytes as {@link Inbox.bytes} counts them */
  constructor(private readonly maxBytes: number) {}

  get bytes(): number {
    return this.total
  }

  add(inbox: Inbox): void {
    this.inboxes.add(inbox)
    this.changed(inbox.bytes)
  }

  remove(inbox: Inbox): void {
    if (this.inboxes.delete(inbox)) this.total -= inbox.bytes
  }

  /** To be called whenever one of the inboxes has grown by `bytes`, or shrunk. */
  changed(bytes: number): void {
    this.total += bytes
    if (bytes > 0 && this.total > this.maxBytes) this.shed()
  }

  /** Half of what the largest holds at a time: it is looked for among all of them, and must not be looked for at each message. */
  private shed(): void {
    while (this.total > this.maxBytes) {
      let largest: Inbox | undefined
      for (const inbox of this.inboxes) if (!largest || inbox.textBytes > largest.textBytes) largest = inbox
      if (!largest || largest.textBytes === 0) return
      largest.shedTo(Math.floor(largest.textBytes / 2))
    }
  }
}
