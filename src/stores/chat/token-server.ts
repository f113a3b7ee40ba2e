/** The team's token server. In a build for Agora's cloud with a file server, its tokens come with bearers for that. */
import { shallowRef, type ShallowRef } from 'vue'
import { NoBearer } from '@/src/chat/media/no-bearer'
import { clock } from '@/src/chat/time/clock'
import type { Token } from '@/src/chat/session/session'
import { tokenExpiry } from '@/src/chat/session/token'
import { orElse } from '@/src/chat/util/or-else'
import { fetchToken, TokenRequestError } from '@/src/platform/request'
import type { FileServer } from '@/src/rtm/port'

export class TokenServer {
  /** The file server, once a token has come with a bearer for it. */
  readonly files: ShallowRef<FileServer | undefined> = shallowRef()

  /**
   * @param url of VITE_RTM_TOKEN_URL
   * @param filesUrl of VITE_RTM_FILES_URL, if this build has a file server beside Agora's cloud
   */
  constructor(
    private readonly url: string,
    private readonly filesUrl: string | undefined,
  ) {}

  /** Rejects with TokenRequestError. */
  async token(uid: string): Promise<Token> {
    const { token, expiresIn, filesBearer } = await fetchToken(this.url, uid)
    if (this.filesUrl !== undefined) this.files.value = filesBearer === undefined ? undefined : new TokenFileServer(this.filesUrl, filesBearer, () => this.bearer(uid))
    return expiresIn === undefined ? tokenOf(token) : { text: token, expiresAt: clock.now() + expiresIn * 1_000 }
  }

  private async bearer(uid: string): Promise<string | undefined> {
    const { filesBearer } = await orElse(TokenRequestError, () => fetchToken(this.url, uid), ({ message }) => {
      throw new NoBearer(message)
    })
    return filesBearer
  }
}

/** A token that was typed in. */
export function tokenOf(text: string): Token {
  return { text, expiresAt: tokenExpiry(text), saysItself: true }
}

class TokenFileServer implements FileServer {
  private asking: Promise<string | undefined> | undefined

  constructor(
    readonly base: string,
    private current: string | undefined,
    private readonly fetchBearer: () => Promise<string | undefined>,
  ) {}

  async bearer(refused?: string): Promise<string | undefined> {
    if (this.current === undefined || this.current === refused) {
      this.asking ??= this.fetchBearer().finally(() => (this.asking = undefined))
      this.current = await this.asking
    }
    return this.current
  }
}
