/** The file server alone, from the command line: `npm run files -- --data ./files --files-key-file ./key`. */
import { parseArgs } from 'node:util'
import { createLogger } from '../logger'
import { readFilesKey } from './bearer'
import { checkByUrl } from './check'
import { readS3Settings, S3_HELP, S3_OPTIONS } from './s3-settings'
import { startFileServer } from './server'

const HELP = `Usage: npm run files -- --data DIR --files-key-file FILE [options]

  --data DIR            keep the files in this folder
  --files-key-file FILE check bearers with the key in this file, 64 hexadecimal digits: the one that signs them
  --port N              listen on this port (default 7071; 0 takes a free one)
  --host H              listen on this address (default 127.0.0.1: this machine only)
  --files-check URL     send each file to this address before it can be loaded; 403 refuses it
${S3_HELP}  --allow-origin URL    let browsers use it from this origin, and under its host name; may be given several times
  --verbose             say more on standard error
  --help                this text
`

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    options: { data: text, 'files-key-file': text, port: text, host: text, 'files-check': text, 'allow-origin': { type: 'string', multiple: true }, verbose: flag, help: flag, ...S3_OPTIONS },
  })
  if (values.help) return void process.stdout.write(HELP)
  const { data, port, host, verbose, 'files-key-file': keyFile, 'files-check': check, 'allow-origin': allowedOrigins } = values
  if (!data || !keyFile) throw new Error('--data and --files-key-file are needed: --help names all options')
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) throw new Error(`--port takes a number from 0 to 65535, not ${port}`)
  if (check !== undefined && !(URL.canParse(check) && /^https?:$/.test(new URL(check).protocol))) throw new Error(`--files-check takes an address, not ${check}`)
  for (const origin of allowedOrigins ?? []) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) throw new Error(`--allow-origin takes an origin such as https://chat.example.com, not ${origin}`)
  }
  // Only the owner may read its files.
  process.umask(0o077)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const server = await startFileServer({
    folder: data,
    s3: readS3Settings(values, data),
    key: readFilesKey(keyFile),
    port: port === undefined ? undefined : Number(port),
    host,
    allowedOrigins,
    check: check === undefined ? undefined : checkByUrl(check),
    log: createLogger(verbose ? 'debug' : 'warn'),
  })
  process.stdout.write(`listening http://${server.host.includes(':') ? `[${server.host}]` : server.host}:${server.port}\n`)
  let isEnding = false
  const end = () => {
    if (isEnding) process.exit(1)
    isEnding = true
    server.close().then(() => process.exit(0), fail)
  }
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, end)
}

function fail(error: unknown): void {
  process.stderr.write(`files: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}

main().catch(fail)
