import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const here = dirname(fileURLToPath(import.meta.url))

/** Writes the double of rtm.miniapp.js as one CommonJS file that replaces Agora's. Of `wx` it uses connectSocket only. */
export async function buildMiniSdkDouble(outFile: string, gatewayUrl: string): Promise<void> {
  await build({
    stdin: {
      contents: `
        const { createMiniSdkDouble } = require('./agora-mini-sdk')
        module.exports = createMiniSdkDouble({ url: ${JSON.stringify(gatewayUrl)}, connectSocket: (options) => wx.connectSocket(options) })
      `,
      resolveDir: here,
      loader: 'js',
    },
    alias: { '@': resolve(here, '../../..') },
    bundle: true,
    format: 'cjs',
    platform: 'neutral',
    target: 'es2018',
    outfile: outFile,
  })
}
