// The rows of the conversation list: those on the screen, and those of the launch snapshot on the disk.
import { hasList } from '../../bench/mini-program/start'
import type { LaunchSnapshot } from '../../src/chat/start/launch-snapshot'
import { openDiskStorage } from '../support/disk-storage'
import type { MiniProgram } from '../../simulator/drive/driver'

/** The storage key of the launch snapshot. */
export const LAUNCH_SNAPSHOT = 'first-screen'

/** Reads the id and the text of each row of the list, or of the launch snapshot (`snapshot-row`). */
export async function shownRows(a: MiniProgram, testId: 'conversation-row' | 'snapshot-row' = 'conversation-row'): Promise<string[]> {
  return (await a.all(testId)).map(({ dataset, text }) => `${dataset['id']} ${text}`)
}

/** Waits until the list itself is shown with `rows` rows, and the snapshot is gone. */
export async function listed(a: MiniProgram, rows: number): Promise<void> {
  await a.waitFor(`the list with ${rows} rows in the place of the first screen`, async () => (await hasList(a)) && (await a.count('conversation-row')) === rows)
}

/** Waits until the snapshot on the disk equals the list, in `theme`. The program writes it last, so a kill loses nothing from then on. */
export async function launchSnapshotSaved(a: MiniProgram, dir: string, theme = 'system'): Promise<void> {
  await a.waitFor('the disk to hold the first screen', async () => {
    const kept = await keptRows(a, dir)
    return kept?.theme === theme && kept.rows.join('\n') === (await shownRows(a)).join('\n')
  })
}

async function keptRows(a: MiniProgram, dir: string): Promise<{ theme: string; rows: string[] } | undefined> {
  await a.saveDisk()
  const kept = openDiskStorage(dir).key(LAUNCH_SNAPSHOT)
  if (kept === '') return undefined
  const { theme, labels, rows } = JSON.parse(String(kept)) as LaunchSnapshot
  return { theme, rows: rows.map((row) => `${row.id} ${row.letter}${row.title}${row.time}${row.isDraft ? `[${labels.draft}]` : ''}${row.preview}${row.unread}`) }
}
