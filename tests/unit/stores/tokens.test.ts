/** Tokens that run out while somebody is logged in, of both kinds, on a real gateway with a certificate; with a token server, and without. */
import { RtmRole, RtmTokenBuilder as Builder006 } from 'agora-access-token'
import { RtmTokenBuilder as Builder007 } from 'agora-token'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { eventually, useWorld } from '../../support/world'

const APP_ID = '0123456789abcdef0123456789abcdef'
const CERTIFICATE = 'c0ffee00c0ffee00c0ffee00c0ffee00'

// read when the store is loaded
vi.hoisted(() => {
  vi.stubEnv('VITE_RTM_TOKEN_URL', 'https://tokens.example/rtm')
  vi.stubEnv('VITE_RTM_APP_ID', '0123456789abcdef0123456789abcdef')
})

/** Tokens count in whole seconds, so this is one to two. */
const LIFE_S = 2

type Kind = '006' | '007'
const token = (kind: Kind, uid: string, seconds: number) =>
  kind === '006'
    ? Builder006.buildToken(APP_ID, CERTIFICATE, uid, RtmRole.Rtm_User, Math.floor(Date.now() / 1_000) + seconds)
    : Builder007.buildToken(APP_ID, CERTIFICATE, uid, seconds)

/** How long the tokens live that the server gives one after the other, in seconds; the last one for ever after. */
let lives: number[]
let kind: Kind
let asked: number

const world = useWorld({ appId: APP_ID, certificate: CERTIFICATE, timing: { graceMs: 5_000, tokenWarningMs: 300 } })
beforeEach(() => {
  asked = 0
  lives = [600]
  world.phone.tokenServer = () => {
    asked++
    const life = lives.length > 1 ? (lives.shift() ?? 600) : (lives[0] ?? 600)
    return { statusCode: 200, data: token(kind, 'alice', life) }
  }
})

describe.each(['006', '007'] as const)('a token of kind %s', (each) => {
  beforeEach(() => {
    kind = each
  })

  it('is fetched for the login, and a new one when the session needs it', async () => {
    lives = [LIFE_S, 600]
    const chat = await world.signedIn('alice')
    await chat.startConversation('channel', 'general')
    await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
    if (kind === '006') {
      // as RTM has it, a 006 token is looked at only when the connection begins anew
      await new Promise((resolve) => setTimeout(resolve, LIFE_S * 1_000 + 100))
      expect(chat.session.phase).toBe('online')
      world.gateway.cut('alice')
    }
    await eventually(() => expect(asked).toBe(2))
    await eventually(() => expect(chat.session).toMatchObject({ phase: 'online', renewal: 'none' }))
    await eventually(() => expect(chat.channelView('general').value.state).toBe('joined'))
    expect(chat.banner).toBe('none')
  })

  it('that cannot be renewed in time leads to a login with another one, and nothing is lost', async () => {
    lives = [LIFE_S, 600]
    const chat = await world.signedIn('alice')
    await chat.startConversation('peer', 'bob')
    const { tokenServer } = world.phone
    world.phone.tokenServer = undefined
    await new Promise((resolve) => setTimeout(resolve, LIFE_S * 1_000 + 100))
    if (kind === '006') world.gateway.cut('alice')
    await eventually(() => expect(chat.session.phase).not.toBe('online'))
    await chat.account!.send('peer:bob', 'written meanwhile')
    world.phone.tokenServer = tokenServer
    world.phone.comesToFront()
    await eventually(() => expect(chat.session.phase).toBe('online'))
    expect(chat.phase).toBe('signed-in')
    expect(chat.account!.book.head('peer:bob')).toMatchObject({ length: 1 })
    await eventually(() => expect(chat.account!.book.head('peer:bob')!.preview!.status).toBe('ok'))
  })
})

it('a start with a typed token that has run out fetches one', async () => {
  kind = '006'
  const chat = world.start()
  expect(await chat.signIn('alice', token('006', 'alice', LIFE_S))).toBeUndefined()
  expect(asked).toBe(0)
  await new Promise((resolve) => setTimeout(resolve, LIFE_S * 1_000 + 100))
  const again = await world.restart()
  await again.restore()
  await eventually(() => expect(again.session.phase).toBe('online'))
  expect(asked).toBe(1)
})

it('a start that the token server refuses leads to the login page with its reason, and keeps everything', async () => {
  kind = '007'
  const chat = await world.signedIn('alice')
  await chat.startConversation('peer', 'bob')
  const again = await world.restart()
  world.phone.tokenServer = () => ({ statusCode: 401, data: 'who are you?' })
  await again.restore()
  await eventually(() => expect(again.phase).toBe('signed-out'))
  expect(again.loginProblem).toEqual({ kind: 'token', failure: 'status', status: 401 })
  world.phone.tokenServer = () => ({ statusCode: 200, data: token('007', 'alice', 600) })
  expect(await again.signIn('alice', undefined)).toBeUndefined()
  expect(again.account!.book.order.value).toEqual(['peer:bob'])
})
