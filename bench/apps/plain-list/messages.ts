/** The same messages as in the product's fixture: texts of 30 characters, ids of 21. */
import { id, ME, text } from '../../fixture/messages'

export { ME }
export const PEER_NAME = id('peer', 0)

export function plainMessage(seq: number, from: string, words = text(seq)) {
  return { id: id('m', seq), from, text: words, time: '15:04', status: '已送达', own: from === ME }
}
