import { test } from 'vitest'
import { startInNode } from './harness/driver'
import { startGateway } from '../../gateway/server'
import { logIn, logOut } from './people'
test('try', async () => {
  const g = await startGateway()
  const a = await startInNode({})
  await logIn(a, 'alice'); await a.resetStats(); await logOut(a)
  await a.type('login-uid', 'carol')
  console.log(await a.element('login-uid'), await a.element('login-submit'))
  await a.tap('login-submit')
  await new Promise(r => setTimeout(r, 600))
  console.log((await a.stats()).log, await a.wxCalls('reLaunch'), await a.wxCalls('switchTab'), await a.tree())
  await a.close(); await g.close()
})
