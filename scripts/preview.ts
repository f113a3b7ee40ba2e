// `npm run preview:mp-weixin`: builds the mini program and asks WeChat for a preview QR code, as an image and in the terminal.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { previewProblems, previewTarget, type PreviewTarget } from './preview/checks'
import { both, Refusal, runCommand } from './sentence'
import { sdkFile } from './vite/rtm-miniapp-sdk'
import { readSettings, settingsProblem } from './vite/settings'

// 1,086 packages: npx fetches them on demand, so that they are not a dependency for every user.
const MINIPROGRAM_CI = 'miniprogram-ci@2.1.42'
const IMAGE = 'preview.jpg'

const root = fileURLToPath(new URL('..', import.meta.url))
const output = path.resolve(root, process.env.UNI_OUTPUT_DIR || 'dist/build/mp-weixin')

async function main(): Promise<number> {
  process.chdir(root)
  const settings = readSettings('production', root)
  const problem = settingsProblem(settings)
  const problems = problem ? [problem] : previewProblems(settings, { read, hasSdk: existsSync(sdkFile(root)) })
  if (problems.length > 0) {
    console.error(problems.map(both).join('\n\n'))
    return 1
  }

  const built = await run(process.execPath, ['scripts/uni.mjs', 'build', '-p', 'mp-weixin'], { UNI_OUTPUT_DIR: output })
  if (built !== 0) return built

  const target = previewTarget(settings)
  // miniprogram-ci writes one format per run.
  for (const format of [['image', '--qrcode-output-dest', path.join(root, IMAGE)], ['terminal']]) {
    const code = await run('npx', ['--yes', MINIPROGRAM_CI, ...previewArguments(target), '--qrcode-format', ...format])
    if (code !== 0) throw refusedByWeixin(code)
  }
  console.log(both({ zh: `二维码也保存在 ${IMAGE}，用微信扫一扫打开。`, en: `The QR code is in ${IMAGE} too; scan it with WeChat.` }))
  if (settings.VITE_RTM_GATEWAY_URL?.startsWith('ws:')) {
    console.log(
      both({
        zh: '网关不是 wss:// 地址：在手机上打开小程序后，要在右上角菜单里打开“开发调试”才能连上。',
        en: 'The gateway is not at wss://: after opening the mini program, turn on 开发调试 (debugging) in its menu, or it cannot connect.',
      }),
    )
  }
  return 0
}

function previewArguments({ appId, keyPath, robot }: PreviewTarget): string[] {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  return [
    'preview',
    ...['--project-path', output],
    ...['--private-key-path', path.resolve(root, keyPath)],
    ...['--appid', appId],
    ...['--robot', String(robot)],
    ...['--upload-version', version],
    ...['--enable-es6', '--enable-es7', '--enable-minify'],
  ]
}

function refusedByWeixin(code: number): Refusal {
  return new Refusal({
    zh: `微信没有接受这次预览（miniprogram-ci 退出码 ${code}），原因在上面；若提到 IP，请到 mp.weixin.qq.com → 开发管理 → 开发设置 → 小程序代码上传 把它加入 IP 白名单。`,
    en: `WeChat did not accept the preview (miniprogram-ci ended with ${code}); the reason stands above. Where it names an IP, put that on the white list at mp.weixin.qq.com → 开发管理 → 开发设置 → 小程序代码上传.`,
  })
}

function read(file: string): string | undefined {
  const absolute = path.resolve(root, file)
  return statSync(absolute, { throwIfNoEntry: false })?.isFile() ? readFileSync(absolute, 'utf8') : undefined
}

/** Runs a command in this terminal. Resolves to its exit code. */
function run(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    // npx is a shell script on Windows.
    const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'inherit', shell: process.platform === 'win32' && command === 'npx' })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

await runCommand(main)
