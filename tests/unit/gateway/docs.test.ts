/** docs/GATEWAY.md shows valid frames. */
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { CLOSE_CODE, GATEWAY_DEFAULT_PORT, LOCAL_APP_ID } from '@/src/rtm/local/frames'
import { parseFrame } from '../../../gateway/frame'

const text = await readFile(new URL('../../../docs/GATEWAY.md', import.meta.url), 'utf8')
const shown = [...text.matchAll(/^\{"t".*\}$|`(\{"t".*?\})`/gm)].map(([line, cell]) => cell ?? line)
const fromTheGateway = new Set(['ok', 'err', 'peer', 'msg', 'joined', 'left', 'count', 'status', 'attributes', 'expiring', 'kick', 'pong'])

describe('docs/GATEWAY.md', () => {
  it('shows every frame', () => {
    const names = new Set(shown.map((frame) => JSON.parse(frame).t))
    const requests = ['logout', 'renew', 'peer', 'join', 'leave', 'send', 'members', 'counts', 'online', 'subscribe', 'unsubscribe', 'subscribed']
    const others = ['login', 'setUser', 'getUser', 'setChannel', 'getChannel', 'ack', 'ping']
    for (const t of [...fromTheGateway, ...requests, ...others]) expect(names).toContain(t)
  })

  it.each(shown)('%s is a valid one', (frame) => {
    const { t, id } = JSON.parse(frame)
    if (fromTheGateway.has(t) && !(t === 'peer' && id !== undefined)) return
    expect(parseFrame(frame)).toMatchObject({ kind: expect.stringMatching(/^(login|request|ack|ping)$/) })
  })

  it('names the close codes, the App ID and the port', () => {
    for (const code of Object.values(CLOSE_CODE)) expect(text).toContain(`| ${code} |`)
    expect(text).toContain(LOCAL_APP_ID)
    expect(text).toContain(`${GATEWAY_DEFAULT_PORT} by default`)
  })
})
