/** Which received voices were played: the newest ones, on this device. */
import { shallowRef } from 'vue'
import { parseJsonText } from '@/src/chat/util/json-text'
import { note, noted } from '@/src/platform/device-notes'

const KEY = 'rtm-heard-voices'
/** An older one counts as heard no longer. */
const KEPT_MAX = 500

/** By the author and the id of their messages. */
const heard = shallowRef<ReadonlySet<string>>(read())

export function isHeard(from: string, id: string): boolean {
  return heard.value.has(`${from} ${id}`)
}

export function markHeard(from: string, id: string): void {
  if (isHeard(from, id)) return
  heard.value = new Set([...heard.value, `${from} ${id}`].slice(-KEPT_MAX))
  note(KEY, JSON.stringify([...heard.value]))
}

function read(): ReadonlySet<string> {
  const list = parseJsonText(noted(KEY))
  return new Set(Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [])
}
