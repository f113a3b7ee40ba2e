/** The part of uni-app's SocketTask that the adapter uses. */
export interface SocketTask {
  onOpen(listener: () => void): void
  onMessage(listener: (message: { data: unknown }) => void): void
  onClose(listener: (event: { code?: number }) => void): void
  onError(listener: () => void): void
  send(options: { data: string; fail: () => void }): void
  close(options: { code: number; fail: () => void }): void
}

export type ConnectSocket = (options: { url: string; fail: () => void; complete: () => void }) => SocketTask

/** uni.connectSocket. It returns a SocketTask only if it gets a callback, else a promise. */
export const uniConnectSocket: ConnectSocket = (options) => uni.connectSocket(options)
