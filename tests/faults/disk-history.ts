/** Reads the history on a phone's disk as the product would: through the public port of src/storage, over WeChat's own calls. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Conversation } from '../../src/chat/conversation/conversation'
import { LOCAL_APP_ID } from '../../src/rtm/local/frames'
import type { History } from '../../src/storage/port'
import { openDiskStorage } from '../support/disk-storage'
import type { Logs } from './verdict'

export interface DiskHistory {
  readonly conversations: readonly Conversation[]
  readonly logs: Logs
  /** How many messages and conversations the storage reports as unreadable. */
  readonly damaged: number
}

/** Works on a copy: a program may be using the disk, and reading may repair. */
export async function readDisk(dir: string, uid: string): Promise<DiskHistory> {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'faults-disk-'))
  try {
    fs.cpSync(dir, copy, { recursive: true })
    return await readFolder(copy, uid)
  } finally {
    fs.rmSync(copy, { recursive: true, force: true })
  }
}

async function readFolder(dir: string, uid: string): Promise<DiskHistory> {
  const history = await openDiskHistory(dir, uid)
  const conversations = await history.conversations()
  const logs = new Map()
  for (const { id, length } of conversations) logs.set(id, await history.messages(id, 0, length))
  return { conversations, logs, damaged: history.damage().unreadable }
}

/** The history of one user on a phone without a running program. */
export function openDiskHistory(dir: string, uid: string): Promise<History> {
  return openDiskStorage(dir).storage.openHistory({ appId: LOCAL_APP_ID, uid })
}
