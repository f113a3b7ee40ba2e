import { GATEWAY_DEFAULT_PORT } from '../../src/rtm/local/frames'
import { portsPassed } from './ports'

/** The servers that `npm start` prints. */
export interface Running {
  /** The address of the H5 page, with a `/` at its end. */
  readonly page: string
  /** The gateway's address. Undefined if the page uses Agora's cloud. */
  readonly gateway?: string
  /** The requested port, if it was in use or reserved and the page got a later one. */
  readonly portInUse?: number
  readonly lan: boolean
  /** Whether the simulator was asked for. With Agora's cloud it is not built. */
  readonly hasSimulator: boolean
}

/** The text that `npm start` prints once the page and the gateway answer. */
export function banner({ page, gateway, portInUse, lan, hasSimulator }: Running): string {
  const rows: [label: string, value: string][] = [['网页 Page', page]]
  if (gateway) {
    // The page has its route behind `#`, so the user id is before it.
    rows.push(['  alice', `${page}?uid=alice`], ['  bob', `${page}?uid=bob`], ['网关 Gateway', gateway])
  } else {
    rows.push(['后端 Backend', '声网云服务 Agora’s cloud (VITE_RTM_BACKEND=agora)'])
  }
  const width = Math.max(...rows.map(([label]) => columns(label))) + 3
  return [
    '',
    ...rows.map(([label, value]) => `  ${label}${' '.repeat(width - columns(label))}${value}`),
    ...(portInUse === undefined ? [] : ['', `  ${portsPassed(portInUse, Number(new URL(page).port), 'npm start -- --port')}`]),
    '',
    '  小程序 Mini program',
    ...(hasSimulator ? simulatorSentences(gateway) : []).map((line) => `    ${line}`),
    ...devTools(gateway, lan).map((line) => `    ${line}`),
    '',
    '  按 Ctrl-C 结束。 Ctrl-C ends it.',
    '',
  ].join('\n')
}

/** The text that `npm start` prints once the simulator shows the mini program. */
export function simulatorLines(url: string, portInUse?: number): string {
  const passed = portInUse === undefined ? undefined : portsPassed(portInUse, Number(new URL(url).port), 'npm start -- --simulator-port')
  return [`  小程序 Mini program  ${url}`, ...(passed === undefined ? [] : [`  ${passed}`]), ''].join('\n')
}

function simulatorSentences(gateway: string | undefined): string[] {
  if (gateway) return ['正在为模拟器构建，完成后这里会显示地址。 It is being built for the simulator, whose address follows below.']
  return ['模拟器只能连接本地网关，所以没有启动。 The simulator talks to the local gateway only, so it was not started.']
}

function devTools(gateway: string | undefined, lan: boolean): string[] {
  // A build without settings connects to this machine's default port.
  const isBuiltIn = !gateway || (!lan && new URL(gateway).port === String(GATEWAY_DEFAULT_PORT))
  const address = gateway && !isBuiltIn ? [`先在 .env.local 中写入，first put into .env.local: VITE_RTM_GATEWAY_URL=${gateway}`] : []
  return [
    ...address,
    '另开终端运行 npm run dev:mp-weixin，用微信开发者工具导入 dist/dev/mp-weixin，在“详情 → 本地设置”勾选“不校验合法域名”。',
    'In another terminal: npm run dev:mp-weixin. Import dist/dev/mp-weixin in WeChat DevTools and turn on "do not verify domains".',
  ]
}

/** The width of a text in terminal columns. A Chinese character takes two. */
function columns(text: string): number {
  return [...text].reduce((sum, character) => sum + (/\p{Script=Han}/u.test(character) ? 2 : 1), 0)
}
