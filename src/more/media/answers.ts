/** Reads what a file store answers (docs/MEDIA.md). Its text is not trusted. */
import { readFields, type StoredFile } from '@/src/chat/media/stored-file'
import { isRecord } from '@/src/chat/util/checks'
import { parseJsonText } from '@/src/chat/util/json-text'
import { BearerRefused, MediaError, type MediaFailure } from './port'
import type { HttpResponse } from './http'

const FAILURES: { readonly [code: string]: MediaFailure } = {
  'too-large': 'file-too-large',
  quota: 'file-quota',
  type: 'file-type',
  unreadable: 'file-unreadable',
  pixels: 'file-unreadable',
  heic: 'file-heic',
  full: 'file-store-full',
  refused: 'file-refused',
  unknown: 'file-lost',
  gone: 'file-lost',
  owner: 'file-lost',
}

/** The store has this user's bearer for none of its own. */
export const BEARER_REFUSED = 401

/** The error of an answer that refuses a request. Temporary refusals are `offline`. */
export function refusalOf({ status, body }: Pick<HttpResponse, 'status' | 'body'>): MediaError {
  if (status === BEARER_REFUSED) return new BearerRefused()
  const json = parseJsonText(body)
  const { error, why, retryAfterMs } = isRecord(json) ? json : {}
  const known = typeof error === 'string' && Object.prototype.hasOwnProperty.call(FAILURES, error) ? FAILURES[error] : undefined
  const message = `the file store answered ${status}${typeof error === 'string' ? ` ${error}` : ''}${typeof why === 'string' ? `: ${why}` : ''}`
  if (known) return new MediaError(known, message, typeof retryAfterMs === 'number' ? retryAfterMs : undefined)
  // Another program's page, or a store of a later version.
  const isPassing = status >= 500 || status === 408 || status === 409 || status === 423 || status === 429
  return new MediaError(isPassing ? 'offline' : 'file-store', message)
}

/** What the store says of an uploaded file. Throws MediaError. */
export function storedFileIn(response: HttpResponse): StoredFile {
  if (response.status !== 200) throw refusalOf(response)
  const json = parseJsonText(response.body)
  const stored = isRecord(json) ? readFields(json, ['url', 'mime', 'bytes', 'sha256'], ['width', 'height', 'ms']) : undefined
  if (!stored) throw new MediaError('file-store', 'the file store gave an answer that is none')
  return stored
}
