/** Addresses of pages and pictures that come from outside. WeChat has no `URL`. */

/** Scheme, host with its port, and the rest: of ASCII characters that every browser reads alike, without a user and a password. */
const ADDRESS = /^https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)*(?::\d{1,5})?)(?:[/?#][!#-;=?-[\]_a-z~]*)?$/i

/** The host of an https address in lower case, with its port unless that is 443. Undefined if it is none. */
export function httpsHost(address: string): string | undefined {
  return ADDRESS.exec(address)?.[1]?.toLowerCase().replace(/:0*443$/, '')
}
