/** A disk that stores messages slowly delays their senders only, and doubles no message. */
import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../../gateway/store/memory'
import { PATIENT, until, useGateways } from '../../support/gateways'
import { storeWith } from '../../support/stores'

/** A store that is slow to store messages: each waits for `release`, or fails at `fail`. */
function slowStore() {
  const store = memoryStore()
  let isSlow = false
  const waiting: { resolve: () => void; reject: (error: Error) => void }[] = []
  const settle = (how: (each: (typeof waiting)[number]) => void) => {
    isSlow = false
    waiting.splice(0).forEach(how)
  }
  return {
    store: storeWith(store, {
      async enqueue(uid, message, onKey) {
        if (!isSlow) return store.enqueue(uid, message, onKey)
        // The key is known at once, and the message is in the queue when it is written.
        const key = String(Date.now() * 1_000 + waiting.length).padStart(16, '0')
        onKey?.(key)
        await new Promise<void>((resolve, reject) => waiting.push({ resolve, reject }))
        store.restoreQueued(uid, key, message)
        return key
      },
    }),
    slowDown: () => (isSlow = true),
    release: () => settle(({ resolve }) => resolve()),
    fail: () => settle(({ reject }) => reject(new Error('disk full'))),
    waiting: () => waiting.length,
  }
}

describe('a slow disk', () => {
  const gateways = useGateways()

  it("delays neither their receiver's login, nor other senders", async () => {
    const slow = slowStore()
    const gateway = await gateways.start({ store: slow.store })
    const [mallory, bob] = [await gateways.login(gateway, 'mallory'), await gateways.login(gateway, 'bob')]
    slow.slowDown()
    const flood = Array.from({ length: 100 }, (_, n) => mallory.ask({ t: 'peer', to: 'alice', text: `noise ${n}`, offline: true }))
    await until(() => slow.waiting() === 100)
    const alice = await gateways.login(gateway, 'alice')
    expect(await bob.ask({ t: 'peer', to: 'alice', text: 'hello' })).toMatchObject({ received: true })
    slow.release()
    await Promise.all(flood)
    await until(() => alice.all('peer').length === 101)
    expect(alice.all('peer').map(({ text }) => text)).toEqual(['hello', ...Array.from({ length: 100 }, (_, n) => `noise ${n}`)])
  })

  it('delivers the messages being stored once to the next session', async () => {
    const slow = slowStore()
    const gateway = await gateways.start({ store: slow.store, timing: { ...PATIENT, graceMs: 0 } })
    const bob = await gateways.login(gateway, 'bob')
    const first = await gateways.login(gateway, 'alice')
    await first.drop()
    await until(() => gateway.stats().parked === 1)
    slow.slowDown()
    const sent = Array.from({ length: 20 }, (_, n) => bob.ask({ t: 'peer', to: 'alice', text: String(n), offline: true }))
    await until(() => slow.waiting() === 20)
    const login = gateways.login(gateway, 'alice', { resume: { secret: first.secret, channels: [] } })
    await bob.settled()
    slow.release()
    const alice = await login
    expect((await Promise.all(sent)).map(({ received }) => received)).toEqual(sent.map(() => false))
    await until(() => alice.all('peer').length >= 20)
    await alice.settled()
    expect(alice.all('peer').map(({ text }) => text)).toEqual(sent.map((_, n) => String(n)))
  })

  it.each([
    ['kept', { t: 'ok', received: false }],
    ['refused', { t: 'err', code: 1 }],
  ])('answers the sender of a message that goes to the next session of its receiver when it is %s', async (outcome, answer) => {
    const slow = slowStore()
    const gateway = await gateways.start({ store: slow.store, timing: { ...PATIENT, graceMs: 0 } })
    const bob = await gateways.login(gateway, 'bob')
    const { secret, ...first } = await gateways.login(gateway, 'alice')
    first.ws.terminate()
    await until(() => gateway.stats().parked === 1)
    // Her client does not learn of this session, and comes again with the secret of the one before.
    const unanswered = await gateways.connect(gateway)
    unanswered.acknowledges = false
    await unanswered.login('alice', { resume: { secret, channels: [] } })
    slow.slowDown()
    const sent = bob.ask({ t: 'peer', to: 'alice', text: 'hello', offline: true })
    await unanswered.next('peer')
    const login = gateways.login(gateway, 'alice', { resume: { secret, channels: [] } })
    await until(() => slow.waiting() === 1)
    await bob.settled()
    expect(bob.frames.at(-1)).toMatchObject({ t: 'pong' })
    if (outcome === 'kept') slow.release()
    else slow.fail()
    expect(await sent).toMatchObject(answer)
    const alice = await login
    expect(await alice.next('peer')).toMatchObject({ text: 'hello' })
    if (outcome === 'refused') expect(gateways.errors.splice(0)).toEqual([expect.stringContaining('disk full')])
  })
})
