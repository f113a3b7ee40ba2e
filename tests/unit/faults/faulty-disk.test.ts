import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FaultyDisk } from '../../faults/faulty-disk'
import { FolderDisk } from '../../../simulator/drive/folder-disk'
import { Problems } from '../../../simulator/runtime/problems'
import { fileSystemManager } from '../../../simulator/wx/files'
import { PhoneFiles } from '../../../simulator/wx/phone-files'
import { storageApi } from '../../../simulator/wx/storage'

let dir: string
let disk: FaultyDisk
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'faulty-disk-'))
  disk = new FaultyDisk(new FolderDisk(dir), () => 0)
  disk.mkdir('usr', true)
})
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }))

const bytes = (text: string) => new TextEncoder().encode(text)
const read = (file: string) => new TextDecoder().decode(disk.read(file))

describe('a failing disk', () => {
  it('rejects all changes while it is broken, and can be read', () => {
    disk.write('usr/a', bytes('before'))
    disk.fail('broken', 1)
    for (const change of [() => disk.write('usr/a', bytes('x')), () => disk.append('usr/a', bytes('x')), () => disk.unlink('usr/a'), () => disk.rename('usr/a', 'usr/b')]) {
      expect(change).toThrow(expect.objectContaining({ code: 'EIO' }))
    }
    expect(read('usr/a')).toBe('before')
    expect(disk.refused).toBe(4)
    disk.heal()
    disk.write('usr/a', bytes('after'))
    expect(read('usr/a')).toBe('after')
  })

  it('accepts no more when it is full, but deletes', () => {
    disk.write('usr/a', bytes('before'))
    disk.fail('full', 1)
    expect(() => disk.write('usr/b', bytes('x'))).toThrow(expect.objectContaining({ code: 'ENOSPC' }))
    disk.unlink('usr/a')
    expect(disk.stat('usr/a')).toBeUndefined()
  })

  it('tears one write of a file, and does nothing any more', () => {
    const then = vi.fn()
    disk.tearNext(0.5, then)
    disk.write('storage.json', bytes('a key is whole'))
    expect(then).not.toHaveBeenCalled()
    expect(() => disk.append('usr/a', bytes('12345678'))).toThrow()
    expect(then).toHaveBeenCalledOnce()
    expect(() => disk.write('usr/a', bytes('late'))).toThrow()
    expect(read('usr/a')).toBe('1234')
    expect(read('storage.json')).toBe('a key is whole')
  })

  it("reports errors to the program in WeChat's words", async () => {
    const codec = { encode: bytes, decode: (data: Uint8Array) => new TextDecoder().decode(data) }
    const limits = { storageKey: 1_000, storage: 1_000, files: 1_000 }
    const problems = new Problems()
    const files = fileSystemManager(problems, new PhoneFiles(disk, limits), { codec, digest: async () => '' }) as { writeFile(options: object): Promise<void>; writeFileSync(...args: unknown[]): void }
    const storage = storageApi(problems, disk, codec, limits) as { setStorage(options: object): Promise<void>; setStorageSync(...args: unknown[]): void; removeStorageSync(key: string): void; getStorageSync(key: string): unknown }
    storage.setStorageSync('k', 'kept')
    disk.fail('full', 1)
    const full = /fail the maximum size of the file storage limit is exceeded/
    await expect(files.writeFile({ filePath: 'wxfile://usr/a', data: 'x' })).rejects.toMatchObject({ errMsg: expect.stringMatching(full), errno: 1_300_202 })
    expect(() => files.writeFileSync('wxfile://usr/a', 'x')).toThrow(full)
    await expect(storage.setStorage({ key: 'k', data: 'x' })).rejects.toMatchObject({ errMsg: expect.stringMatching(full) })
    disk.fail('broken', 1)
    expect(() => storage.removeStorageSync('k')).toThrow(/fail Input\/output error/)
    // Data that was not removed is still there, in memory as on the disk.
    expect(storage.getStorageSync('k')).toBe('kept')
    expect(problems.list).toEqual([])
  })
})
