import WebSocket from 'ws'
import type { Gateway } from '../../gateway/server'
import type { Clock } from '../../src/chat/time/clock'
import { PipeWebSocket } from './pipe-web-socket'
import type { ConnectSocket } from '@/src/rtm/local'

/** uni.connectSocket for Node: a SocketTask over `ws`. */
export const connectSocket: ConnectSocket = ({ url, complete }) => socketTask(new WebSocket(url, { perMessageDeflate: false }), complete)

/** uni.connectSocket that reaches `gateway` without a socket, for any address. */
export const connectPipe = (gateway: Gateway, clock: Clock): ConnectSocket => ({ complete }) => socketTask(PipeWebSocket.open(gateway, clock), complete)

function socketTask(socket: WebSocket, complete: () => void): ReturnType<ConnectSocket> {
  // The task's listeners receive it too. Without a listener here an error would end the process.
  socket.on('error', () => {})
  setImmediate(complete)
  return {
    onOpen: (listener) => void socket.on('open', listener),
    onMessage: (listener) => void socket.on('message', (data, isBinary) => listener({ data: isBinary ? data : String(data) })),
    onClose: (listener) => void socket.on('close', (code) => listener({ code })),
    onError: (listener) => void socket.on('error', listener),
    send({ data, fail: sendFailed }) {
      if (socket.readyState !== socket.OPEN) return sendFailed()
      socket.send(data, (error) => error && sendFailed())
    },
    close: ({ code }) => socket.close(code),
  }
}
