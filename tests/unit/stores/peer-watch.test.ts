import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PEER_STATUS_RATE } from '@/src/chat/rtm-limits'
import { errorOfCode } from '@/src/rtm/error-name'
import { CODES } from '../../support/rtm-codes'
import { PeerWatch } from '@/src/stores/chat/peer-watch'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const refusal = (code: number) => errorOfCode('peerSubscription', code, 'refused')

function watch() {
  const asked: string[][] = []
  const answers: (Error | undefined)[] = []
  const peers = new PeerWatch(async (uids) => {
    asked.push(uids)
    const answer = answers.shift()
    if (answer) throw answer
  })
  return { asked, answers, peers }
}

test('subscriptions in quick succession are one request, and none is requested twice', async () => {
  const { asked, peers } = watch()
  for (let n = 0; n < 15; n++) peers.watch(`peer${n}`)
  peers.watch('peer3')
  await vi.runAllTimersAsync()
  peers.watch('peer3')
  await vi.runAllTimersAsync()
  expect(asked).toEqual([Array.from({ length: 15 }, (_, n) => `peer${n}`)])
})

test('a request above the rate is repeated when it is allowed', async () => {
  const { asked, answers, peers } = watch()
  answers.push(refusal(CODES.peerSubscription.TOO_OFTEN))
  peers.watch('bob')
  await vi.advanceTimersByTimeAsync(PEER_STATUS_RATE.perMs - 1)
  expect(asked).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(asked).toEqual([['bob'], ['bob']])
})

test('a request that fails is repeated with the next connection; a new session requests all', async () => {
  const { asked, answers, peers } = watch()
  answers.push(refusal(CODES.peerSubscription.USER_NOT_LOGGED_IN))
  peers.watch('bob')
  await vi.runAllTimersAsync()
  peers.connected(true)
  await vi.runAllTimersAsync()
  expect(asked).toEqual([['bob'], ['bob']])
  peers.connected(true)
  await vi.runAllTimersAsync()
  expect(asked).toHaveLength(2)
  peers.connected(false)
  await vi.runAllTimersAsync()
  expect(asked).toHaveLength(3)
})

test('above the limit they are given up, and all are forgotten when another user logs in', async () => {
  const { asked, answers, peers } = watch()
  answers.push(refusal(CODES.peerSubscription.OVERFLOW))
  peers.watch('bob')
  await vi.runAllTimersAsync()
  peers.connected(true)
  peers.watch('carol')
  peers.clear()
  await vi.runAllTimersAsync()
  expect(asked).toEqual([['bob']])
})
