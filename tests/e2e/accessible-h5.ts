// The setup of the accessibility tests on the built H5.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { beforeAll } from 'vitest'
import { encode } from '../../src/chat/message/envelope'
import { encodeId } from '../../src/platform/pages'
import { DESK, id, useBuiltH5 } from '../support/built-h5'

/** For one file of tests. */
export function useAccessibleH5() {
  const h5 = useBuiltH5({ rateLimits: false })
  const shots = fileURLToPath(new URL('__shots__', import.meta.url))
  let people = 0
  let written = 0
  beforeAll(() => void mkdirSync(shots, { recursive: true }))

  /** The address of a page. */
  const at = (page: string, query = '') => `${h5.address()}#/src/pages/${page}/${page}${query}`

  return {
    h5,
    /** The folder for screenshots. */
    shots,
    /** A name that is new for each test, because the gateway keeps the messages of another one. */
    someone: (name: string) => `${name}-${people++}`,
    /** Opens the login page. */
    async open(options: BrowserContextOptions = {}): Promise<Page> {
      const page = await h5.tab({ ...DESK, ...options })
      await page.goto(h5.address())
      await page.waitForSelector(id('login-uid'))
      return page
    },
    /** The wire text of a message. */
    wired: (text: string) => encode({ kind: 'message', id: `accessible-${written++}`, body: { kind: 'text', text } }, 'rich'),
    at,
    thread: (conversation: string) => at('thread', `?id=${encodeId(conversation)}`),
  }
}
