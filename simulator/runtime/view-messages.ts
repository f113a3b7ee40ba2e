/**
 * Messages from the view to the program: input events, answers of selector queries, setData's callbacks. On a phone they cross threads and take a while. Here
 * they are delayed only while a test holds them.
 */
type Message = () => void

let held: Message[] | undefined

/** Runs `message`, or keeps it while messages are held. */
export function tellProgram(message: Message): void {
  if (held) held.push(message)
  else message()
}

/** From now on messages are held. */
export function holdMessages(): void {
  held ??= []
}

/** Delivers the oldest held message. Returns whether there was one. If there was none, stops holding. */
export function deliverMessage(): boolean {
  const message = held?.shift()
  if (!message) held = undefined
  message?.()
  return message !== undefined
}
