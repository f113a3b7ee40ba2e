import type { MessageBody } from '@/src/kinds/registry'
import type { MediaBody } from './media-kind'

/** Before the address of a file on the store, in place of a key: the store has the file, and gives the message another address of it. */
export const AGAIN = 'again:'

/** The body of a message that is forwarded: its file gets an address that belongs to the forwarder. A file of another store keeps its address. */
export function withOwnAddress(body: MessageBody): MessageBody {
  const { url } = body as Partial<MediaBody>
  return url?.startsWith('/') ? ({ ...body, url: '', sha256: '', local: AGAIN + url } as MessageBody) : body
}

/** The body without the key of a file that was on the store before. Its file on this device, if there is one, stays. */
export function withoutAgain(body: MessageBody): MessageBody {
  const { local, ...rest } = body as MediaBody
  return local?.startsWith(AGAIN) ? (rest as MessageBody) : body
}
