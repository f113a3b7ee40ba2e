/** A message must not overtake an earlier one of the same sender that waits in the offline queue. */
import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../../gateway/store/memory'
import { FAST, until, useGateways } from '../../support/gateways'
import { storeWith } from '../../support/stores'

/** A store that is slow to read the offline queue, as a disk can be: each read waits for `release`. */
function slowStore() {
  const store = memoryStore()
  const waiting: (() => void)[] = []
  let isSlow = false
  const slow = storeWith(store, {
    queued: async (uid) => {
      if (isSlow) await new Promise<void>((resolve) => waiting.push(resolve))
      return store.queued(uid)
    },
  })
  return {
    store: slow,
    slowDown: () => (isSlow = true),
    release: () => {
      isSlow = false
      for (const resolve of waiting.splice(0)) resolve()
    },
    reads: () => waiting.length,
  }
}

describe('the order of a sender', () => {
  const gateways = useGateways()

  it('is kept when the receiver logs in and the queue is still being read', async () => {
    const slow = slowStore()
    const gateway = await gateways.start({ store: slow.store })
    const alice = await gateways.login(gateway, 'alice')
    expect(await alice.ask({ t: 'peer', to: 'bob', text: 'one', offline: true })).toMatchObject({ received: false })
    slow.slowDown()
    const bob = await gateways.login(gateway, 'bob')
    const second = alice.ask({ t: 'peer', to: 'bob', text: 'two', offline: true })
    await until(() => slow.reads() === 1)
    await alice.settled()
    slow.release()
    expect(await second).toMatchObject({ received: true })
    expect(bob.all('peer').map(({ text }) => text)).toEqual(['one', 'two'])
  })

  it('is kept when a message gets into the queue after the receiver has read it', async () => {
    const slow = slowStore()
    const gateway = await gateways.start({ store: slow.store, timing: { ...FAST, graceMs: 60_000, ackTimeoutMs: 2_000 } })
    const alice = await gateways.login(gateway, 'alice')
    // The second message is sent when the first one has its answer, as the outbox does.
    let bob: Awaited<ReturnType<typeof gateways.login>> | undefined
    const enqueue = slow.store.enqueue.bind(slow.store)
    slow.store.enqueue = async (uid, message) => {
      // He logs in, and finds the queue empty, while the message is on its way into it.
      bob ??= await gateways.login(gateway, 'bob')
      await bob.settled()
      slow.slowDown()
      return enqueue(uid, message)
    }
    const first = alice.ask({ t: 'peer', to: 'bob', text: 'one', offline: true })
    let isAnswered = false
    void first.then(() => (isAnswered = true))
    await until(() => slow.reads() === 1)
    await alice.settled()
    expect(isAnswered).toBe(false)
    slow.release()
    await first
    await alice.ask({ t: 'peer', to: 'bob', text: 'two', offline: true })
    expect(bob!.all('peer').map(({ text }) => text)).toEqual(['one', 'two'])
  })

  it('is kept, and nothing is lost, when the messages of a lost session are not acknowledged by the next one either', async () => {
    const gateway = await gateways.start({ timing: { ...FAST, graceMs: 60_000, ackTimeoutMs: 60_000 } })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await bob.drop()
    // His session is lost, as in a restart of the gateway, and twice he does not learn of the next one.
    await (await gateways.login(gateway, 'bob')).logout()
    const unanswered = async () => {
      const client = await gateways.connect(gateway)
      client.acknowledges = false
      await client.login('bob', { resume: { secret: bob.secret, channels: [] } })
      return client
    }
    const second = await unanswered()
    const first = alice.ask({ t: 'peer', to: 'bob', text: 'one', offline: true })
    await second.next('peer')
    await second.drop()
    const third = await unanswered()
    expect(await first).toMatchObject({ received: false })
    await third.drop()
    // The program was killed: it knows no session at all.
    const killed = gateways.login(gateway, 'bob')
    expect(await alice.ask({ t: 'peer', to: 'bob', text: 'two', offline: true })).toMatchObject({ received: true })
    const last = await killed
    await last.settled()
    expect(last.all('peer').map(({ text }) => text)).toEqual(['one', 'two'])
    await last.logout()
    const again = await gateways.login(gateway, 'bob')
    await again.settled()
    expect(again.all('peer')).toEqual([])
  })
})
