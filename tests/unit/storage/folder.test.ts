import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createFolderKeyValue } from '../../support/folder-key-value'
import { describeAdapter } from './suite'

function folder(): { root: string; dispose: () => void } {
  const root = mkdtempSync(join(tmpdir(), 'folder-'))
  return { root, dispose: () => rmSync(root, { recursive: true, force: true }) }
}

const failure = (code: string) => Object.assign(new Error(code), { code })

describeAdapter(
  'in a folder',
  () => {
    const { root, dispose } = folder()
    let code: string | undefined
    const open = () =>
      createFolderKeyValue(root, () => {
        if (code) throw failure(code)
      })
    return { open, fail: (how) => (code = how && (how === 'full' ? 'ENOSPC' : 'EIO')), dispose }
  },
  { runs: 15 },
)

it('completes after a crash a commit that counts, at whichever file it ended', async () => {
  for (let last = 1; last <= 3; last++) {
    const { root, dispose } = folder()
    await createFolderKeyValue(root).commit([
      { type: 'put', key: 'log/a', value: 'former' },
      { type: 'put', key: 'log/b', value: 'former' },
    ])
    let changes = 0
    const dying = createFolderKeyValue(root, () => {
      if (++changes > last) throw failure('EIO')
    })
    const commit = dying.commit([
      { type: 'put', key: 'log/a', value: 'new' },
      { type: 'append', key: 'log/b', values: ['added'] },
    ])
    if (last < 3) await expect(commit).rejects.toThrow('EIO')
    else await commit
    const again = createFolderKeyValue(root)
    expect(await again.get('log/a')).toBe('new')
    expect(await again.list('log/b')).toEqual({ value: 'former', appended: ['added'], unreadable: 0 })
    dispose()
  }
})
