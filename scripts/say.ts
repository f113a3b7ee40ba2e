// `npm run say -- alice order.json`: sends one message to the local gateway as another user, so that it can be looked at.
import { existsSync, readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createLocalRtm } from '../src/rtm/local'
import { GATEWAY_DEFAULT_PORT, GATEWAY_PATH, LOCAL_APP_ID } from '../src/rtm/local/frames'
import { RtmError } from '../src/rtm/errors'
import { connectSocket } from '../tests/support/connect-socket'
import { Refusal, runCommand } from './sentence'

const USAGE = {
  zh: '用法：npm run say -- <接收者或频道> <文字或 .json 文件> [--from shop] [--channel] [--port 7070]。文件内容是一条消息的 JSON（docs/WIRE.md），id 不写会自动生成。',
  en: 'Usage: npm run say -- <user or channel> <text or .json file> [--from shop] [--channel] [--port 7070]. The file has one message as JSON (docs/WIRE.md); without an id it gets one.',
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { from: { type: 'string', default: 'shop' }, channel: { type: 'boolean', default: false }, port: { type: 'string', default: String(GATEWAY_DEFAULT_PORT) } },
  })
  const [to, what] = positionals
  if (to === undefined || what === undefined || positionals.length > 2) throw new Refusal(USAGE)
  const text = messageOf(what)
  const client = createLocalRtm({ url: `ws://127.0.0.1:${values.port}${GATEWAY_PATH}`, connectSocket }).createInstance(LOCAL_APP_ID)
  try {
    await client.login({ uid: values.from })
    if (values.channel) {
      const channel = client.createChannel(to)
      await channel.join()
      await channel.sendMessage({ text })
    } else await client.sendMessageToPeer({ text }, to, { enableOfflineMessaging: true })
    await client.logout()
  } catch (error) {
    if (!(error instanceof RtmError)) throw error
    throw new Refusal({
      zh: `没有发出去：${error.message.trim()}。网关在运行吗？npm start 会启动它；端口可用 --port 指定。`,
      en: `It was not sent: ${error.message.trim()}. Does the gateway run? npm start starts it; --port names another port.`,
    })
  }
  return 0
}

/** A file's JSON as an envelope, with a new id if it has none. Anything else is a text as it is. */
function messageOf(what: string): string {
  if (!what.endsWith('.json')) return what
  if (!existsSync(what)) throw new Refusal({ zh: `没有这个文件：${what}`, en: `There is no such file: ${what}` })
  try {
    const envelope = JSON.parse(readFileSync(what, 'utf8')) as object
    return JSON.stringify({ v: 1, id: `say-${Date.now()}`, ...envelope })
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new Refusal({ zh: `${what} 不是 JSON：${error.message}`, en: `${what} is not JSON: ${error.message}` })
  }
}

void runCommand(main)
