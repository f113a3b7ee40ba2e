import { describe, expect, it } from 'vitest'
import { until, useGateways } from '../../support/gateways'
import { useFolder } from '../../support/folder'

describe('a gateway with a data folder', () => {
  const gateways = useGateways()
  const folder = useFolder()

  it('has the offline queue, the recent channel messages and the channel attributes again after a restart', async () => {
    const before = await gateways.start({ dataDir: folder() })
    const alice = await gateways.login(before, 'alice')
    const bob = await gateways.login(before, 'bob')
    for (const client of [alice, bob]) await client.ask({ t: 'join', ch: 'general' })
    await alice.ask({ t: 'send', ch: 'general', text: 'seen' })
    const { seq } = await bob.next('msg')
    await bob.drop()
    await until(() => before.stats().grace === 1)
    await alice.ask({ t: 'send', ch: 'general', text: 'missed' })
    await alice.ask({ t: 'peer', to: 'bob', text: 'kept', offline: true })
    await alice.ask({ t: 'setChannel', ch: 'general', notify: false, op: 'set', attributes: [['topic', 'tea']] })
    await before.close()

    const after = await gateways.start({ dataDir: folder() })
    const back = await gateways.login(after, 'bob', { resume: { secret: bob.secret, channels: [['general', seq]] } })
    expect(back.frames[0]).toMatchObject({ resumed: false })
    expect(await back.next('peer')).toMatchObject({ text: 'kept', off: true })
    await back.ask({ t: 'join', ch: 'general' })
    expect(await back.next('msg')).toMatchObject({ text: 'missed' })
    expect((await back.ask({ t: 'getChannel', ch: 'general' })).attributes).toHaveLength(1)
    await back.settled()
    await back.logout()

    const again = await gateways.login(after, 'bob')
    await again.ask({ t: 'join', ch: 'general' })
    await again.settled()
    expect(again.all('peer')).toEqual([])
    expect(again.all('msg')).toEqual([])
  })

  it("returns the channel's position to a join, and sends a new member only later messages", async () => {
    const before = await gateways.start({ dataDir: folder() })
    const alice = await gateways.login(before, 'alice')
    expect(await alice.ask({ t: 'join', ch: 'general' })).toMatchObject({ seq: 0 })
    for (const text of ['earlier', 'earlier too']) await alice.ask({ t: 'send', ch: 'general', text })
    const bob = await gateways.login(before, 'bob')
    const { seq } = await bob.ask({ t: 'join', ch: 'general' })
    await bob.drop()
    await until(() => before.stats().grace === 1)
    await alice.ask({ t: 'send', ch: 'general', text: 'missed' })
    await before.close()

    const after = await gateways.start({ dataDir: folder() })
    const back = await gateways.login(after, 'bob', { resume: { secret: bob.secret, channels: [['general', seq as number]] } })
    expect(await back.ask({ t: 'join', ch: 'general' })).toMatchObject({ seq })
    expect(await back.next('msg')).toMatchObject({ text: 'missed', seq: (seq as number) + 1 })
    await back.settled()
    expect(back.all('msg')).toHaveLength(1)
  })
})
