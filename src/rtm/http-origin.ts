/** The origin of HTTP requests to the server of a WebSocket's address. */
export function httpOrigin(address: string): string {
  return address.replace(/^ws/, 'http').replace(/^(https?:\/\/[^/?#]*).*$/, '$1')
}
