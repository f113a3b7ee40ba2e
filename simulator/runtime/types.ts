/** Types shared by the parts of the runtime. Everything here runs in Node's vm and in a browser. */
import type { PhoneModel } from './phone-size'
import type { DialogAnswer, DiskLimits, GivenFile, GivenPlace, HostEvent, PermissionState, Platform, PrivacyState, Theme } from '../drive/driver'

/** app.json, as far as the runtime reads it. */
export interface AppJson {
  readonly pages: readonly string[]
  readonly subPackages?: readonly { readonly root: string; readonly pages: readonly string[] }[]
  readonly window?: WindowJson
  readonly tabBar?: {
    readonly color?: string
    readonly selectedColor?: string
    readonly backgroundColor?: string
    readonly borderStyle?: string
    readonly list: readonly { readonly pagePath: string; readonly text: string; readonly iconPath?: string; readonly selectedIconPath?: string }[]
  }
  readonly usingComponents?: Readonly<Record<string, string>>
  readonly lazyCodeLoading?: string
  /** The subpackages to download once a page is open, by its path. */
  readonly preloadRule?: Readonly<Record<string, { readonly packages: readonly string[] }>>
  readonly themeLocation?: string
  /** The functions of places that the program may call. */
  readonly requiredPrivateInfos?: readonly string[]
}

export interface WindowJson {
  readonly navigationBarTitleText?: string
  readonly navigationBarBackgroundColor?: string
  readonly navigationBarTextStyle?: string
  readonly navigationStyle?: string
  readonly backgroundColor?: string
  readonly onReachBottomDistance?: number
}

/** `<page or component>.json`. */
export interface ComponentJson extends WindowJson {
  readonly component?: boolean
  readonly usingComponents?: Readonly<Record<string, string>>
  /** By tag, the tag of what is rendered until the component can be. */
  readonly componentPlaceholder?: Readonly<Record<string, string>>
  readonly styleIsolation?: string
  readonly addGlobalClass?: boolean
}

/** A built mini program, compiled for glass-easel. Plain JSON: it also goes into the browser's page. */
export interface Bundle {
  readonly app: AppJson
  /** By path without extension. */
  readonly json: Readonly<Record<string, ComponentJson>>
  /** Source of each JavaScript file, by path. */
  readonly scripts: Readonly<Record<string, string>>
  /** Compiled WXSS by path without extension. */
  readonly styles: Readonly<Record<string, string>>
  /** The class prefix of each component with a style scope of its own. */
  readonly scopes: Readonly<Record<string, string>>
  /** The expressions that glass-easel's template compiler generated, for the program and the built-in components. */
  readonly templates: string
  readonly builtinTemplates: string
  /** The variables of theme.json, by theme. */
  readonly themes: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** Images as data: URLs, by path. */
  readonly images: Readonly<Record<string, string>>
}

/** The storage of a phone. Paths are relative, with `/`. Failures throw an object with Node's `code`. */
export interface Disk {
  /** All of a file, or the part of `length` bytes from `from` on. */
  read(path: string, from?: number, length?: number): Uint8Array
  /** Creates or replaces the file. */
  write(path: string, bytes: Uint8Array): void
  append(path: string, bytes: Uint8Array): void
  unlink(path: string): void
  rename(from: string, to: string): void
  mkdir(path: string, recursive: boolean): void
  rmdir(path: string, recursive: boolean): void
  /** Names in a folder, sorted. */
  readdir(path: string): string[]
  stat(path: string): DiskStat | undefined
}

export interface DiskStat {
  readonly isDirectory: boolean
  readonly size: number
  /** ms since 1970. */
  readonly modifiedAt: number
}

export interface SocketHandlers {
  onOpen(): void
  onMessage(data: string | Uint8Array): void
  onError(message: string): void
  /** Called exactly once, as the last event. */
  onClose(code: number, reason: string): void
}

export interface Socket {
  send(data: string | Uint8Array): void
  close(code: number, reason: string): void
  /** Closes without a handshake, as far as the host can. */
  cut(): void
}

export interface HttpRequest {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** Not sent if it is empty. */
  readonly body: Uint8Array
  readonly timeoutMs: number
  /** Called with a function that ends the request, whatever has been sent of it. */
  readonly aborting?: (abort: () => void) => void
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** A request, or a response, for the proxy of the phones in a browser: its body in base64. */
export type OverProxy<Message extends HttpRequest | HttpResponse> = Omit<Message, 'body' | 'aborting'> & { readonly body: string }

/** UTF-8; Node's vm contexts and a phone's logic layer have no TextEncoder of their own. */
export interface TextCodec {
  encode(text: string): Uint8Array
  decode(bytes: Uint8Array): string
}

/** What WeChat's chooser offers. */
export interface WantedFiles {
  readonly from: 'album' | 'camera' | 'messages'
  readonly kinds: readonly ('image' | 'video' | 'file')[]
  readonly count: number
  /** Without dots. Default: all. */
  readonly extensions?: readonly string[]
}

/** A canvas of the host: an OffscreenCanvas, or one of @napi-rs/canvas. */
export interface NativeCanvas {
  width: number
  height: number
  getContext(type: '2d'): { drawImage(image: NativeImage, x: number, y: number, width: number, height: number): void } | null
}

/** A decoded picture of the host, upright. */
export interface NativeImage {
  readonly width: number
  readonly height: number
}

/** Pictures of the host. */
export interface Pixels {
  createCanvas(width: number, height: number): NativeCanvas
  /** Rejects if it is no picture. */
  decode(bytes: Uint8Array): Promise<NativeImage>
  /** `quality`: 0 to 1. */
  encode(canvas: NativeCanvas, type: 'jpg' | 'png', quality: number): Promise<Uint8Array>
}

/** The differences between Node and the browser. */
export interface HostParts {
  readonly disk: Disk
  /** Resolves when every change of the disk so far is durable. Rejects with a disk error. Absent if each change is durable at once. */
  readonly settled?: () => Promise<void>
  readonly codec: TextCodec
  openSocket(url: string, protocols: readonly string[], headers: Readonly<Record<string, string>>, handlers: SocketHandlers): Socket
  /** Loopback only. Rejects with the reason if there is no answer. */
  request(request: HttpRequest): Promise<HttpResponse>
  /** In hexadecimal. Rejects if the host lacks the algorithm. */
  digest(algorithm: string, bytes: Uint8Array): Promise<string>
  readonly pixels?: Pixels
  /** Asks the person in front of the phone for files. Absent: a test gives them. */
  pick?(wanted: WantedFiles): Promise<readonly GivenFile[] | 'cancel'>
  /** The same for a place. */
  pickPlace?(): Promise<GivenPlace | 'cancel'>
  /** Plays MP3 from `fromMs` on, to be heard. Absent: silent. */
  play?(bytes: Uint8Array, fromMs: number, rate: number): { stop(): void }
  /** The element in which the phone is drawn; absent in Node. */
  readonly screen?: HTMLElement
  /** The content of the status bar. Default: 15:04 and a good network, so that screenshots of tests are equal. */
  status?(): { readonly time: string; readonly slow: boolean }
}

export interface RuntimeOptions {
  readonly bundle: Bundle
  readonly host: HostParts
  readonly launchPath: string
  readonly launchQuery: Readonly<Record<string, string>>
  readonly language: string
  readonly theme: Theme
  readonly platform: Platform
  /** Default: an iPhone without a notch, or its like on Android. */
  readonly phone?: PhoneModel
  /** WeChat's font size, in px. Default: 16. */
  readonly fontSize?: number
  /** Whether it has a network at its start. Default: true. */
  readonly online?: boolean
  /** Whether a screen reader runs. Default: false. */
  readonly screenReader?: boolean
  readonly limits: DiskLimits
  readonly privacy: PrivacyState
  /** Of each permission that the user was never asked for. Default: allowed. */
  readonly permissions?: PermissionState
  /** Called when the user has agreed, or a test sets another state. */
  readonly onPrivacyChange?: (privacy: PrivacyState) => void
  /** By `host:port`, the address to connect to instead. */
  readonly hosts: Readonly<Record<string, string>>
}

export type { DialogAnswer, DiskLimits, HostEvent, Platform, PrivacyState, Theme }
