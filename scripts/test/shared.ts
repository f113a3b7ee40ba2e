// The unit tests that run in a few threads which keep their modules from file to file (vitest.config.ts, project `rules`): to load the modules again for each file
// takes longer than these tests. Such a file has modules without state, no double of a phone, and nothing that it loads after its end.
import { readdirSync } from 'node:fs'
import path from 'node:path'

/** Each file of any other folder of tests/unit runs in a process of its own, in project `node`. */
export const SHARED_FOLDERS = ['tests/unit/chat', 'tests/unit/lint', 'tests/unit/rtm', 'tests/unit/storage', 'tests/unit/ui'] as const

/** Files of these folders that need a process of their own, and why. */
export const NOT_SHARED: Readonly<Record<string, string>> = {
  'tests/unit/chat/time/clock-label.test.ts': 'sets the time zone, which a thread cannot do',
  'tests/unit/chat/time/time.test.ts': 'sets the time zone, which a thread cannot do',
  'tests/unit/rtm/backend.test.ts': 'replaces modules',
  'tests/unit/rtm/reasons.test.ts': 'replaces modules',
  'tests/unit/storage/formats.test.ts': 'adds IndexedDB to the globals',
  'tests/unit/storage/ids.test.ts': 'adds IndexedDB to the globals',
  'tests/unit/storage/index.test.ts': 'adds IndexedDB to the globals',
  'tests/unit/storage/indexeddb.test.ts': 'adds IndexedDB to the globals',
  'tests/unit/storage/migration.test.ts': 'adds IndexedDB to the globals',
  'tests/unit/ui/own-actions.test.ts': 'replaces modules',
  'tests/unit/ui/while-visible.test.ts': 'replaces modules',
}

/** The files of project `rules`, relative to the root of the repository. */
export function sharedTests(root: string): string[] {
  return SHARED_FOLDERS.flatMap((folder) => readdirSync(path.join(root, folder), { encoding: 'utf8', recursive: true }).map((file) => `${folder}/${file.replaceAll('\\', '/')}`))
    .filter((file) => file.endsWith('.test.ts') && !file.endsWith('.long.test.ts') && !(file in NOT_SHARED))
    .sort()
}
