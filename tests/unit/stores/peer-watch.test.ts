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

test('what is wanted in one breath is one request, and nothing is asked for twice', async () => {
  const { asked, peers } = watch()
  for (let n = 0; n < 15; n++) peers.watch(`peer${n}`)
  peers.watch('peer3')
  await vi.runAllTimersAsync()
  peers.watch('peer3')
  await vi.runAllTimersAsync()
  expect(asked).toEqual([Array.from({ length: 15 }, (_, n) => `peer${n}`)])
})

test('what was too often is asked again when it may be', async () => {
  const { asked, answers, peers } = watch()
  answers.push(refusal(CODES.peerSubscription.TOO_OFTEN))
  peers.watch('bob')
  await vi.advanceTimersByTimeAsync(PEER_STATUS_RATE.perMs - 1)
  expect(asked).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(asked).toEqual([['bob'], ['bob']])
})

test('what cannot be asked now is asked with the next connection; a new session asks for all', async () => {
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

test('where there is no room for more, they are given up, and so is everything when somebody else logs in', async () => {
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
