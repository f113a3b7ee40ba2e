// Everything that a phone shows of a user's chats, and everything on its disk, to compare before and after.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { MiniProgram } from '../../simulator/drive/driver'
import { listed, shownRows } from './conversation-rows'
import { backToList, CONVERSATIONS, open } from './people'

export interface Screen {
  readonly list: readonly string[]
  readonly threads: Readonly<Record<string, unknown>>
}

/** Reads everything the user sees of their chats: the list of `ids`, then each thread with its composer. `drafts`: the drafts to wait for. */
export async function screenOf(a: MiniProgram, ids: readonly string[], drafts: Readonly<Record<string, string>>): Promise<Screen> {
  await a.waitForRoute(CONVERSATIONS)
  await listed(a, ids.length)
  const list = await shownRows(a)
  const threads: Record<string, unknown> = {}
  for (const id of ids) {
    await open(a, id)
    await a.waitFor('its messages', async () => (await a.count('message-row')) > 0)
    await a.waitFor('its draft', async () => (await a.element('composer-input')).value === (drafts[id] ?? ''))
    threads[id] = {
      rows: (await a.all('message-row')).map(({ text }) => text),
      statuses: (await a.all('message-status')).map(({ text }) => text),
      divider: await a.count('unread-divider'),
    }
    await backToList(a)
  }
  return { list, threads }
}

/** Of neighbouring messages with one status the last one shows it. */
export async function allDelivered(a: MiniProgram): Promise<void> {
  await a.waitFor('all to be delivered', async () => {
    const statuses = (await a.all('message-status')).map(({ text }) => text)
    return statuses.length > 0 && statuses.every((text) => text === '已送达')
  })
}

/** Every file on a phone: its name and content. */
export function filesOf(dir: string): [string, string][] {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map(({ parentPath, name }) => [path.join(parentPath, name), readFileSync(path.join(parentPath, name), 'utf8')])
}
