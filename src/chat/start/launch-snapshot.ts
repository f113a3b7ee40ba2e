/**
 * The launch snapshot: a copy of the beginning of the conversation list, which a start paints before anything else is loaded. It may be old or missing, and
 * no data is ever restored from it.
 */
import { parseConversationId, type ConversationId } from '../conversation/conversation'
import { calendarDay } from '../time/time'
import { isBoolean, isOneOf, isRecord, isString } from '../util/checks'
import { parseJsonText } from '../util/json-text'

/** The number of conversations on the screen of most phones. */
export const FIRST_SCREEN_ROWS = 8

const VERSION = 1
const THEMES = ['system', 'light', 'dark'] as const

/** The content of a row of the conversation list. Parts that are '' are not rendered. */
export interface ConversationRowView {
  readonly id: ConversationId
  readonly title: string
  readonly letter: string
  readonly tone: string
  /** The style of the avatar's picture. Absent if it has none. */
  readonly picture?: string | undefined
  /** Whether the line is a draft instead of the last message. */
  readonly isDraft: boolean
  readonly preview: string
  readonly time: string
  /** '' also for a muted conversation, which shows a dot for unread messages. */
  readonly unread: string
  readonly unreadLabel: string
  readonly pinned: boolean
  readonly muted: boolean
}

/** The labels above the rows and in them, in the current language. */
export interface ListLabels {
  readonly search: string
  readonly all: string
  readonly peer: string
  readonly channel: string
  readonly start: string
  readonly draft: string
  readonly muted: string
  readonly connecting: string
}

export interface LaunchSnapshot {
  /** The chosen theme. */
  readonly theme: (typeof THEMES)[number]
  readonly labels: ListLabels
  readonly rows: readonly ConversationRowView[]
}

/** The owner of a snapshot: a user of one App ID. */
export function launchSnapshotOwner(appId: string, uid: string): string {
  return `${appId} ${uid}`
}

/** `screen` in its stored form. `owner`: its owner. `now` in ms since 1970. */
export function launchSnapshotJson(screen: LaunchSnapshot, owner: string, now: number): string {
  return JSON.stringify({ v: VERSION, owner, day: calendarDay(now), ...screen })
}

/**
 * Undefined if `json` is another user's, of another version or damaged. After midnight, or in another time zone, the times of the rows are left out, because
 * they are relative to the day.
 */
export function parseLaunchSnapshot(json: string | undefined, owner: string, now: number): LaunchSnapshot | undefined {
  const value = parseJsonText(json)
  if (!isRecord(value) || value.v !== VERSION || value.owner !== owner) return undefined
  const { theme } = value
  const labels = isRecord(value.labels) ? parseLabels(value.labels) : undefined
  if (!isOneOf(THEMES, theme) || !labels || !Array.isArray(value.rows)) return undefined
  const rows = value.rows.slice(0, FIRST_SCREEN_ROWS).flatMap((row) => parseRow(row) ?? [])
  if (rows.length === 0) return undefined
  return { theme, labels, rows: value.day === calendarDay(now) ? rows : rows.map((row) => ({ ...row, time: '' })) }
}

function parseLabels({ search, all, peer, channel, start, draft, muted, connecting }: Readonly<Record<string, unknown>>): ListLabels | undefined {
  if (!isString(search) || !isString(all) || !isString(peer) || !isString(channel) || !isString(start) || !isString(draft) || !isString(muted) || !isString(connecting)) return undefined
  return { search, all, peer, channel, start, draft, muted, connecting }
}

function parseRow(value: unknown): ConversationRowView | undefined {
  if (!isRecord(value)) return undefined
  const id = parseConversationId(value.id)
  const { title, letter, tone, picture, isDraft, preview, time, unread, unreadLabel, pinned, muted } = value
  if (!id || !isString(title) || !isString(letter) || !isString(tone) || !isString(preview) || !isString(time) || !isString(unread) || !isString(unreadLabel)) return undefined
  if (!isBoolean(isDraft) || !isBoolean(pinned) || !isBoolean(muted)) return undefined
  return { id, title, letter, tone, ...(isString(picture) && { picture }), isDraft, preview, time, unread, unreadLabel, pinned, muted }
}
