import { expect, it } from 'vitest'
import * as gateway from '../../../gateway/codes'
import { notLoggedIn } from '@/src/rtm/errors'
import { CODES } from '../../support/rtm-codes'

it('the codes of the gateway are those of the client', () => {
  expect(CODES.login).toMatchObject(gateway.LOGIN)
  expect(CODES.renewToken).toMatchObject(gateway.RENEW_TOKEN)
  expect(CODES.peerMessage).toMatchObject(gateway.PEER_MESSAGE)
  expect(CODES.join).toMatchObject(gateway.JOIN)
  expect(CODES.leave).toMatchObject(gateway.LEAVE)
  expect(CODES.channelMessage).toMatchObject(gateway.CHANNEL_MESSAGE)
  expect(CODES.getMembers).toMatchObject(gateway.GET_MEMBERS)
  expect(CODES.attributes).toMatchObject(gateway.ATTRIBUTES)
  expect(CODES.queryPeersOnlineStatus).toMatchObject(gateway.QUERY_ONLINE)
  expect(CODES.peerSubscription).toMatchObject(gateway.SUBSCRIPTION)
  expect(CODES.queryPeersBySubscriptionOption).toMatchObject(gateway.QUERY_SUBSCRIBED)
  expect(CODES.getChannelMemberCount).toMatchObject(gateway.MEMBER_COUNT)
  expect(gateway.NOT_LOGGED_IN).toBe(notLoggedIn('logout').code)
})
