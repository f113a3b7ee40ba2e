/** Why the file server refuses a request: the codes of docs/MEDIA.md, each with its HTTP status. */

const STATUSES = {
  bearer: 401,
  owner: 403,
  refused: 403,
  origin: 403,
  unknown: 404,
  incomplete: 409,
  gone: 410,
  'too-large': 413,
  type: 415,
  unreadable: 415,
  heic: 415,
  pixels: 415,
  quota: 429,
  protocol: 400,
  failed: 500,
  busy: 503,
  full: 507,
} as const
export type RefusalCode = keyof typeof STATUSES

/** Facts that help the client: the limit, or how long to wait. */
export interface RefusalFacts {
  /** Bytes. */
  readonly max?: number
  readonly retryAfterMs?: number
}

export class FileRefusal extends Error {
  override readonly name = 'FileRefusal'
  readonly status: number

  constructor(
    readonly code: RefusalCode,
    readonly facts: RefusalFacts = {},
  ) {
    super(code)
    this.status = STATUSES[code]
  }

  get body(): { error: RefusalCode } & RefusalFacts {
    return { error: this.code, ...this.facts }
  }
}

/** Whether a system call failed because the disk, or the user's share of it, is full. */
export function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')
}

/** Whether a file or folder is missing. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
