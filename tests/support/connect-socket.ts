import WebSocket from 'ws'
import type { ConnectSocket } from '@/src/rtm/local'

/** uni.connectSocket for Node: a SocketTask over `ws`. */
export const connectSocket: ConnectSocket = ({ url, fail, complete }) => {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  // the listeners of the task hear of it too; without one of its own an error would end the process
  socket.on('error', () => {})
  setImmediate(complete)
  return {
    onOpen: (listener) => void socket.on('open', listener),
    onMessage: (listener) => void socket.on('message', (data, isBinary) => listener({ data: isBinary ? data : String(data) })),
    onClose: (listener) => void socket.on('close', (code) => listener({ code })),
    onError: (listener) => void socket.on('error', listener),
    send({ data, fail: sendFailed }) {
      if (socket.readyState !== WebSocket.OPEN) return sendFailed()
      socket.send(data, (error) => error && sendFailed())
    },
    close: ({ code }) => socket.close(code),
  }
  void fail
}
