/** Events during a join: its answer has the member's starting point, and everything later reaches it, once. */
import { describe, expect, it } from 'vitest'
import { memoryStore } from '../../../gateway/store/memory'
import type { GatewayClient } from '../../support/gateway-client'
import { until, useGateways } from '../../support/gateways'
import { storeWith } from '../../support/stores'

const ID = 5_000_000

/** A store that answers a channel's position only on request, from `hold` on. */
function slowStore() {
  const store = memoryStore()
  let gate: { opened: Promise<void>; open: () => void; fail: (error: Error) => void } | undefined
  let reads = 0
  return {
    store: storeWith(store, {
      async lastSeq(ch: string) {
        reads++
        await gate?.opened
        return store.lastSeq(ch)
      },
    }),
    hold() {
      let [open, fail] = [() => {}, (_error: Error) => {}]
      const opened = new Promise<void>((resolve, reject) => ([open, fail] = [resolve, reject]))
      gate = { opened, open, fail }
      reads = 0
    },
    open: () => gate?.open(),
    /** Reads in progress fail; later ones do not. */
    fail() {
      gate?.fail(new Error('the disk'))
      gate = undefined
    },
    get reads() {
      return reads
    },
  }
}

describe('during a join', () => {
  const gateways = useGateways()

  /** Alice is in the channel, which has messages. Bob's join waits for the store. */
  async function joining() {
    const slow = slowStore()
    const gateway = await gateways.start({ store: slow.store })
    const alice = await gateways.login(gateway, 'alice')
    const bob = await gateways.login(gateway, 'bob')
    await alice.ask({ t: 'join', ch: 'general' })
    await alice.ask({ t: 'send', ch: 'general', text: 'earlier' })
    slow.hold()
    bob.raw({ t: 'join', id: ID, ch: 'general' })
    await until(() => slow.reads === 1)
    /** Bob, over another connection, without the answer to his join. */
    const comeBack = async () => {
      await bob.drop()
      await until(() => gateway.stats().grace === 1)
      const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [] } })
      expect(back.frames[0]).toMatchObject({ resumed: true })
      return back
    }
    return { slow, gateway, alice, bob, comeBack }
  }

  const texts = (client: GatewayClient) => client.all('msg').map(({ text }) => text)

  it('the member is not reported, and messages count as earlier ones, as the answer says', async () => {
    const { slow, alice, bob } = await joining()
    await alice.ask({ t: 'send', ch: 'general', text: 'meanwhile' })
    expect(alice.all('joined')).toEqual([])
    slow.open()
    const { seq } = await bob.answer(ID)
    await alice.next('joined')
    await alice.ask({ t: 'send', ch: 'general', text: 'welcome' })
    expect(await bob.next('msg')).toMatchObject({ text: 'welcome', seq: (seq as number) + 1 })
    await bob.settled()
    expect(texts(bob)).toEqual(['welcome'])
  })

  it.each([
    ['by the same request', true],
    ['anew', false],
  ])('the connection is lost and comes back: a client that asks again %s receives every later message, and no earlier one', async (_what, isSame) => {
    const { slow, alice, comeBack } = await joining()
    const back = await comeBack()
    const id = isSame ? ID : ID + 1
    back.raw({ t: 'join', id, ch: 'general' })
    await back.settled()
    slow.open()
    const { t, seq } = await back.answer(id)
    expect([t, slow.reads]).toEqual(['ok', 1])
    await alice.ask({ t: 'send', ch: 'general', text: 'welcome' })
    expect(await back.next('msg')).toMatchObject({ text: 'welcome', seq: (seq as number) + 1 })
    await back.settled()
    expect(texts(back)).toEqual(['welcome'])
  })

  it('the connection is lost, and the join is done before it comes back: later messages are not lost', async () => {
    const { slow, gateway, alice, bob } = await joining()
    await bob.drop()
    await until(() => gateway.stats().grace === 1)
    slow.open()
    await alice.next('joined')
    await alice.ask({ t: 'send', ch: 'general', text: 'welcome' })
    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [] } })
    back.raw({ t: 'join', id: ID, ch: 'general' })
    expect(await back.next('msg')).toMatchObject({ text: 'welcome' })
    await back.settled()
    expect(texts(back)).toEqual(['welcome'])
  })

  it('a client that leaves is not in it, and receives nothing', async () => {
    const { slow, alice, bob } = await joining()
    await bob.ask({ t: 'leave', ch: 'general' })
    slow.open()
    expect(await bob.answer(ID)).toMatchObject({ t: 'ok' })
    await alice.ask({ t: 'send', ch: 'general', text: 'later' })
    await bob.settled()
    expect([texts(bob), bob.all('count'), (await alice.ask({ t: 'members', ch: 'general' })).uids]).toEqual([[], [], ['alice']])
  })

  it('a client that logs out leaves no member behind', async () => {
    const { slow, alice, bob } = await joining()
    await bob.logout()
    slow.open()
    await alice.settled()
    expect((await alice.ask({ t: 'members', ch: 'general' })).uids).toEqual(['alice'])
  })

  it('it fails: a client that has left and joined again in between stays in', async () => {
    const { slow, alice, bob } = await joining()
    await bob.ask({ t: 'leave', ch: 'general' })
    slow.fail()
    await bob.ask({ t: 'join', ch: 'general' })
    expect(await bob.answer(ID)).toMatchObject({ t: 'err', code: 1 })
    expect(gateways.errors.splice(0)).toHaveLength(1)
    await alice.ask({ t: 'send', ch: 'general', text: 'later' })
    await bob.settled()
    expect([texts(bob), (await alice.ask({ t: 'members', ch: 'general' })).uids]).toEqual([['later'], ['alice', 'bob']])
  })

  it('or after one whose answer was lost, a client that asks again repeatedly is reported once', async () => {
    const gateway = await gateways.start()
    const bob = await gateways.login(gateway, 'bob')
    await bob.ask({ t: 'join', ch: 'general' })
    await bob.drop()
    const back = await gateways.login(gateway, 'bob', { resume: { secret: bob.secret, channels: [] } })
    for (let i = 0; i < 200; i++) back.raw({ t: 'join', id: ID + i, ch: 'general' })
    await back.answer(ID + 199)
    expect([back.all('ok').length, back.all('err').length]).toEqual([2, 199])
    expect(back.all('err').every(({ code }) => code === 6)).toBe(true)
  })
})
