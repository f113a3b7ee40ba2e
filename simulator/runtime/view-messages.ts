/**
 * What the view tells the program: input events, answers of selector queries, and setData's callbacks. On a phone the two are threads, and
 * such a message is under way for a while; here it is only while a test holds the messages.
 */
type Message = () => void

let held: Message[] | undefined

/** Runs `message`, or keeps it while the messages are held. */
export function tellProgram(message: Message): void {
  if (held) held.push(message)
  else message()
}

/** From here on messages stay under way. */
export function holdMessages(): void {
  held ??= []
}

/** Delivers the oldest message that is under way. Returns whether there was one; when there is none, messages are held no more. */
export function deliverMessage(): boolean {
  const message = held?.shift()
  if (!message) held = undefined
  message?.()
  return message !== undefined
}
