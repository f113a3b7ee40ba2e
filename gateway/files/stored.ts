/** A file as it is on the store: these facts count, not those that the sender declares. */

export interface StoredFacts {
  readonly mime: string
  readonly bytes: number
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string
  readonly width?: number
  readonly height?: number
  readonly ms?: number
}

/** The answer of `finish` and `again`. */
export interface StoredFile extends StoredFacts {
  /** `/f/<address>` */
  readonly url: string
}
