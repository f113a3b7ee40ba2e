/** The records that the panels show of a running program: the latest console lines and socket messages. */
import { utf8Length } from '@/src/chat/rtm-limits'
import type { ConsoleLine } from '../../runtime/problems'
import type { Socket, SocketHandlers } from '../../runtime/types'
import type { Frame, LoggedLine } from '../phone-api'

const LINES_MAX = 500
const FRAMES_MAX = 200

export class Records {
  readonly lines: LoggedLine[] = []
  readonly frames: Frame[] = []
  private sockets = 0

  addLine(line: ConsoleLine): void {
    push(this.lines, { ...line, at: Date.now() }, LINES_MAX)
  }

  /** Wraps `open` so that its messages are recorded. */
  recorded(url: string, handlers: SocketHandlers, open: (handlers: SocketHandlers) => Socket): Socket {
    const socket = ++this.sockets
    const add = (direction: Frame['direction'], data: string | Uint8Array) =>
      push(this.frames, { socket, at: Date.now(), direction, ...(typeof data === 'string' ? { text: data, bytes: utf8Length(data) } : { text: undefined, bytes: data.length }) }, FRAMES_MAX)
    const opened = open({
      ...handlers,
      onOpen: () => {
        add('open', url)
        handlers.onOpen()
      },
      onMessage: (data) => {
        add('in', data)
        handlers.onMessage(data)
      },
      onClose: (code, reason) => {
        add('closed', `${code} ${reason}`.trim())
        handlers.onClose(code, reason)
      },
    })
    return {
      ...opened,
      send: (data) => {
        add('out', data)
        opened.send(data)
      },
    }
  }
}

function push<Item>(list: Item[], item: Item, max: number): void {
  if (list.length >= max) list.shift()
  list.push(item)
}
