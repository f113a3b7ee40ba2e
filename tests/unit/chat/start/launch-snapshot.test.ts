import { describe, expect, it } from 'vitest'
import { FIRST_SCREEN_ROWS, launchSnapshotJson, launchSnapshotOwner, parseLaunchSnapshot, type LaunchSnapshot, type ConversationRowView } from '@/src/chat/start/launch-snapshot'

const OWNER = launchSnapshotOwner('app', 'alice')
const NOON = new Date(2026, 10, 28, 12).getTime()
const DAY_MS = 24 * 3_600_000

const row = (id: ConversationRowView['id']): ConversationRowView => ({ id, title: 'bob', letter: 'B', tone: 'tone-2', isDraft: false, preview: '周六去爬山吗？', time: '10:21', unread: '3', unreadLabel: '3 条未读', pinned: false, muted: false })
const screen: LaunchSnapshot = {
  theme: 'dark',
  labels: { search: '搜索', all: '全部', peer: '单聊', channel: '频道', start: '发起聊天', draft: '草稿', muted: '消息免打扰', connecting: '连接中…' },
  rows: [row('peer:bob'), row('channel:general')],
}
/** As read from a disk. */
const kept = (change: Record<string, unknown> = {}): string => JSON.stringify({ ...(JSON.parse(launchSnapshotJson(screen, OWNER, NOON)) as object), ...change })

describe('a launch snapshot', () => {
  it('is read as it was saved', () => {
    expect(parseLaunchSnapshot(kept(), OWNER, NOON + 60_000)).toEqual(screen)
  })

  it('has no times on another day', () => {
    const next = parseLaunchSnapshot(kept(), OWNER, NOON + DAY_MS)
    expect(next?.rows.map(({ time }) => time)).toEqual(['', ''])
    expect(next?.rows[0]?.preview).toBe('周六去爬山吗？')
  })

  it.each([
    ['another person of the same app', launchSnapshotOwner('app', 'bob')],
    ['the same name in another app', launchSnapshotOwner('other', 'alice')],
  ])('is not shown to %s', (_who, owner) => {
    expect(parseLaunchSnapshot(kept(), owner, NOON)).toBeUndefined()
  })

  it('leaves out damaged rows, and those below every screen', () => {
    const damaged = [null, 7, 'row', {}, { ...row('peer:bob'), unread: 3 }, { ...row('peer:bob'), id: 'nobody' }, { ...row('peer:bob'), pinned: 'yes' }, { ...row('peer:bob'), title: undefined }]
    const rows = parseLaunchSnapshot(kept({ rows: [row('peer:carol'), ...damaged.slice(0, FIRST_SCREEN_ROWS - 1)] }), OWNER, NOON)?.rows
    expect(rows?.map(({ id }) => id)).toEqual(['peer:carol'])
    const many = Array.from({ length: 100 }, () => row('peer:bob'))
    expect(parseLaunchSnapshot(kept({ rows: many }), OWNER, NOON)?.rows).toHaveLength(FIRST_SCREEN_ROWS)
  })

  it.each([
    ['nothing', undefined],
    ['an empty text', ''],
    ['half of it', kept().slice(0, 200)],
    ['a number', '7'],
    ['null', 'null'],
    ['a later version', kept({ v: 2 })],
    ['no labels', kept({ labels: null })],
    ['a label that is none', kept({ labels: { ...screen.labels, all: 1 } })],
    ['no rows', kept({ rows: [] })],
    ['rows that are none', kept({ rows: { 0: row('peer:bob') } })],
    ['a theme that is none', kept({ theme: 'theme-dark' })],
  ])('is missing in %s', (_what, json) => {
    expect(parseLaunchSnapshot(json, OWNER, NOON)).toBeUndefined()
  })
})
