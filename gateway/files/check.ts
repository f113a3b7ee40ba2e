/** The team's own check of a file, before it gets an address: a function, or a URL that is asked. */
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import type { FileKind } from './options'
import type { StoredFacts } from './stored'

/** A file that is complete and was checked by the file server. */
export interface CheckedFile extends StoredFacts {
  readonly uid: string
  readonly kind: FileKind
  /** As the sender calls it. */
  readonly name: string
  /** Where the bytes are on this machine, until the check has ended. */
  readonly path: string
}

/** Resolves to whether the file may be sent. A rejection is answered with `busy`: the client asks again. */
export type FileCheck = (file: CheckedFile) => Promise<boolean>

/** How long the team's program may take for one file, in ms. */
const ANSWER_MS = 30_000

/**
 * A check by a program of the team's: it is sent each file by `POST`, with the facts as JSON in base64url in the header `X-File`, and accepts it by a
 * status of 200 to 299, or refuses it by 403. Any other answer counts as none.
 */
export function checkByUrl(url: string): FileCheck {
  return async ({ path, ...facts }) => {
    const body = Readable.toWeb(createReadStream(path)) as ReadableStream
    const headers = { 'Content-Type': facts.mime, 'Content-Length': String(facts.bytes), 'X-File': Buffer.from(JSON.stringify(facts)).toString('base64url') }
    const answer = await fetch(url, { method: 'POST', headers, body, duplex: 'half', redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS) } as RequestInit)
    await answer.body?.cancel()
    if (!answer.ok && answer.status !== 403) throw new Error(`the check at ${new URL(url).host} answered ${answer.status}`)
    return answer.ok
  }
}
