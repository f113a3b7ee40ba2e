// `npm run dev:simulator`: the simulator alone, until Ctrl-C. It uses the running gateway, or starts one.
import { fileURLToPath } from 'node:url'
import { both, Refusal, runCommand } from '../../scripts/sentence'
import { runningOrNewGateway } from '../../scripts/start/gateway'
import { interruption } from '../../scripts/start/interruption'
import { lanHost } from '../../scripts/start/network'
import { simulatorOptions } from '../../scripts/start/options'
import { backendOf, readSettings, settingsProblem } from '../../scripts/vite/settings'
import { startSimulator } from './index'

const root = fileURLToPath(new URL('../..', import.meta.url))

async function main(): Promise<number> {
  const interrupted = interruption()
  const { lan, port, gatewayPort, isProduction } = simulatorOptions(process.argv.slice(2), process.env)
  const settings = readSettings(isProduction ? 'production' : 'development', root)
  const problem = settingsProblem(settings)
  if (problem) throw new Refusal(problem)
  if (backendOf(settings) !== 'local') {
    throw new Refusal({
      zh: '模拟器只能运行本地后端的小程序：请去掉 VITE_RTM_BACKEND=agora。',
      en: 'The simulator runs the mini program on the local backend only: take VITE_RTM_BACKEND=agora out.',
    })
  }

  const host = lan ? lanHost() : '127.0.0.1'
  const gateway = await runningOrNewGateway('npm run dev:simulator', host, gatewayPort, settings.VITE_RTM_APP_ID)
  try {
    const simulator = await startSimulator({ host, port, gateway: gateway.url, tokenUrl: settings.VITE_RTM_TOKEN_URL, isProduction })
    try {
      console.log(`\n  小程序 Mini program   ${simulator.url}\n  网关 Gateway          ${gateway.url}\n`)
      const end = await Promise.race([simulator.ready, interrupted])
      if (end !== 'interrupted') {
        console.log(both({ zh: '  构建完成。按 Ctrl-C 结束。', en: '  Built. Ctrl-C ends it.' }))
        await interrupted
      }
      return 0
    } finally {
      await simulator.close()
    }
  } finally {
    await gateway.close()
  }
}

await runCommand(main)
