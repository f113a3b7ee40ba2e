import { expect, it } from 'vitest'
import { nextTick } from 'vue'
import { tellTokenOver } from '@/src/ui/app/tell-token-over'
import { useWorld } from '../support/world'

const world = useWorld()

it('says once that the token server returns expired tokens', async () => {
  const chat = await world.signedIn()
  tellTokenOver()
  expect(world.phone.questions).toEqual([])
  chat.tokensOver++
  await nextTick()
  expect(world.phone.questions).toMatchObject([{ title: 'Token 已过期', confirmText: '好' }])
})
