/** The interface between a phone's page and the page around it: `iframe.contentWindow.phone`. Both are of one origin. */
import type { SetDataStats, SocketSnapshot } from '../drive/driver'
import type { ConsoleLine } from '../runtime/problems'
import type { BuildState } from '../server/program'
import type { PhoneSettings } from './phone-settings'

export type { BuildState }

/**
 * - `building`: there is no program yet
 * - `taken`: another page runs this phone
 * - `killed`: ended, until it is started again
 */
export type PhoneState = 'starting' | 'building' | 'taken' | 'running' | 'hidden' | 'killed' | 'broken'

export interface LoggedLine extends ConsoleLine {
  /** ms since 1970. */
  readonly at: number
}

/** One message of a socket. */
export interface Frame {
  /** The socket's number since the program's start. */
  readonly socket: number
  readonly at: number
  readonly direction: 'out' | 'in' | 'open' | 'closed'
  /** The text; undefined if the message is binary. */
  readonly text: string | undefined
  readonly bytes: number
}

export interface StoredFile {
  /** A file or value on the phone's disk. */
  readonly path: string
  /** The path of a file below wx.env.USER_DATA_PATH, or the key of a value in storage. */
  readonly name: string
  readonly isStorage: boolean
  readonly bytes: number
  /** ms since 1970. */
  readonly modifiedAt: number
}

export interface PhoneApi {
  readonly uid: string
  readonly state: PhoneState
  readonly settings: PhoneSettings
  /** Of this run of the program. */
  readonly problemCount: number
  /** When the program comes back, in ms since 1970. Undefined while it is not hidden. */
  readonly hiddenUntil: number | undefined
  configure(change: Partial<PhoneSettings>): void
  /** Puts the program into the background for `ms`. */
  hide(ms: number): void
  show(): void
  /** Kills the program without notice. Writes that were not confirmed may be lost. */
  kill(): void
  /** Starts the program from its first page, after killing one that runs. */
  start(): void
  /** Empties the phone's disk and starts it as a new phone, logged in. */
  clear(): void
  /** Passes on the state of the build from the page around it, so that a window has one connection for it instead of three. */
  follow(build: BuildState): void
  /** A PNG of the screen. */
  screenshot(): Promise<Blob>
  setData(): SetDataStats
  lines(): readonly LoggedLine[]
  sockets(): readonly SocketSnapshot[]
  frames(): readonly Frame[]
  files(): readonly StoredFile[]
  /** The text of a stored file or value. */
  read(file: StoredFile): string
  /** The page stack, bottom first, as addresses. */
  pages(): readonly string[]
  /** The elements of the top page, one per line. */
  tree(): string
}

/** Raised on the page around a phone once the phone's `window.phone` is there; `detail` is its user. */
export const PHONE_READY = 'phone-ready'

declare global {
  interface Window {
    phone?: PhoneApi
  }
}
