import { once } from 'node:events'
import { WebSocket } from 'ws'
import { createLocalRtm } from '@/src/rtm/local'
import { LOCAL_APP_ID } from '@/src/rtm/local/frames'
import { connectSocket } from '../tests/support/connect-socket'
import { startServer } from './gateway/processes'
const g = await startServer('gateway')
const logIn = async (uid: string) => { const c = createLocalRtm({ url: g.url, connectSocket }).createInstance(LOCAL_APP_ID); await c.login({ uid }); return c }
const r = await logIn('receiver'); r.on('MessageFromPeer', async () => true)
const T = 'm'.repeat(150); const ts: number[] = []
const c0 = process.cpuUsage()
for (let i = 0; i < 60; i++) { const s = await logIn('s' + i); for (let k = 0; k < 170; k++) { const t = performance.now(); await s.sendMessageToPeer({ text: T, messageType: 'TEXT' }, 'receiver'); ts.push(performance.now() - t) } await s.logout() }
const c = process.cpuUsage(c0)
ts.sort((a, b) => a - b); console.log('p50', ts[ts.length >> 1], 'p10', ts[(ts.length * .1) | 0], 'client cpu us per trip', (c.user + c.system) / ts.length)
await r.logout(); await g.stop()
