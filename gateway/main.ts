/** The gateway from the command line: `npm run gateway -- --port 7070`. */
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { parseArgs } from 'node:util'
import { GATEWAY_DEFAULT_PORT, LOCAL_APP_ID } from '../src/rtm/local/frames'
import { readFilesKey } from './files/bearer'
import { checkByUrl } from './files/check'
import { readS3Settings, S3_HELP, S3_OPTIONS } from './files/s3-settings'
import { createLogger, type Logger } from './logger'
import { isLoopbackAddress } from './origin'
import { startGateway, type Gateway, type GatewayOptions } from './server'
import { DamagedFolder, repairFolder } from './store/folder'

/** The environment variable with the certificate. */
const CERTIFICATE_VARIABLE = 'GATEWAY_CERTIFICATE'

const HELP = `Usage: npm run gateway -- [options]

  --port N            listen on this port (default ${GATEWAY_DEFAULT_PORT}; 0 takes a free one)
  --host H            listen on this address (default 127.0.0.1: this machine only)
  --app-id ID         the App ID clients must name, 32 letters and digits (default ${LOCAL_APP_ID})
  --certificate-file FILE
                      require tokens signed with the App certificate in this file, 32 letters and digits; the variable
                      ${CERTIFICATE_VARIABLE} may hold it instead
  --certificate C     the certificate itself, for tests: every user of this machine can read it
  --dev-tokens        for development only: GET /token gives anybody on this machine a token for any user
  --data DIR          keep the offline queue, recent channel messages and attributes in this folder
  --repair            if the folder of --data is damaged, keep what can be read of it, and the damaged one beside it
  --files-key-file F  sign the bearers for files with the key in this file, 64 hexadecimal digits; by default with the one in
                      the folder of --data
  --files-check URL   send each file to this address before it can be loaded; 403 refuses it
${S3_HELP}  --allow-origin URL  let browsers connect from this origin, and under its host name; may be given several times
  --verbose           say more on standard error
  --help              this text
`

interface Arguments extends GatewayOptions {
  verbose: boolean
  repair: boolean
  /** The certificate was an argument: every user of the machine can read it in the list of processes. */
  showsCertificate: boolean
}

function readArguments(args: string[]): Arguments | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      'app-id': { type: 'string' },
      certificate: { type: 'string' },
      'certificate-file': { type: 'string' },
      'dev-tokens': { type: 'boolean', default: false },
      data: { type: 'string' },
      repair: { type: 'boolean', default: false },
      'files-key-file': { type: 'string' },
      'files-check': { type: 'string' },
      ...S3_OPTIONS,
      'allow-origin': { type: 'string', multiple: true },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return 'help'
  const { host, data } = values
  if (host === '') throw new Error('--host needs an address, for example 127.0.0.1')
  if (data === '') throw new Error('--data needs a folder')
  if (values.repair && data === undefined) throw new Error('--repair needs --data and the folder')
  const certificate = readCertificate(values.certificate, values['certificate-file'])
  if (values['dev-tokens'] && certificate === undefined) throw new Error('--dev-tokens needs a certificate')
  return {
    verbose: values.verbose,
    repair: values.repair,
    showsCertificate: values.certificate !== undefined,
    devTokens: values['dev-tokens'],
    port: values.port === undefined ? undefined : readPort(values.port),
    host,
    appId: readKey('--app-id', values['app-id']),
    certificate,
    dataDir: data,
    allowedOrigins: values['allow-origin']?.map(readOrigin),
    files: {
      key: values['files-key-file'] === undefined ? undefined : readFilesKey(values['files-key-file']),
      s3: readS3Settings(values, data),
      check: values['files-check'] === undefined ? undefined : checkByUrl(readAddress('--files-check', values['files-check'])),
    },
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new Error(`--port takes a number from 0 to 65535, not ${text}`)
  return port
}

function isKey(text: string): boolean {
  return /^[0-9A-Za-z]{32}$/.test(text)
}

function readKey(option: string, text: string | undefined): string | undefined {
  if (text !== undefined && !isKey(text)) throw new Error(`${option} takes 32 letters and digits`)
  return text
}

/** An option counts more than the variable. An empty variable is refused: a gateway without a certificate lets everybody in. */
function readCertificate(text: string | undefined, file: string | undefined): string | undefined {
  if (text !== undefined && file !== undefined) throw new Error('give either --certificate or --certificate-file')
  if (file === undefined) return text === undefined ? readKey(CERTIFICATE_VARIABLE, process.env[CERTIFICATE_VARIABLE]) : readKey('--certificate', text)
  const content = readText(file).trim()
  if (!isKey(content)) throw new Error(`the file of --certificate-file, ${file}, does not hold 32 letters and digits`)
  return content
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`cannot read the file of --certificate-file, ${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function readAddress(option: string, text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
  throw new Error(`${option} takes an address such as https://check.example.com/files, not ${text}`)
}

function readOrigin(text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text
  throw new Error(`--allow-origin takes an origin such as https://chat.example.com, not ${text}`)
}

/** Starts; with `repair` a damaged data folder is repaired before. */
async function start(options: Arguments & { log: Logger }): Promise<Gateway> {
  try {
    return await startGateway(options)
  } catch (error) {
    const { dataDir, repair, log } = options
    if (!(error instanceof DamagedFolder) || dataDir === undefined || !repair) throw error
    const former = await repairFolder(dataDir)
    log.warn('the data folder was repaired; as it was before it is kept in another folder', { folder: dataDir, former })
    return startGateway(options)
  }
}

async function main(): Promise<void> {
  const options = readArguments(process.argv.slice(2))
  if (options === 'help') {
    process.stdout.write(HELP)
    return
  }
  // what it writes is its owner's alone
  process.umask(0o077)
  // A log that cannot be written (its reader has gone, its disk is full) is no reason to end: the messages are here.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  const log = createLogger(options.verbose ? 'debug' : 'warn')
  const gateway = await start({ ...options, log })
  process.stdout.write(`listening ${gateway.url}\n`)
  if (options.certificate === undefined && !(gateway.host === 'localhost' || (isIP(gateway.host) && isLoopbackAddress(gateway.host)))) {
    log.warn(`without --certificate-file anybody who reaches ${gateway.host} can log in as anybody`)
  }
  if (options.showsCertificate) log.warn('--certificate is for tests: every user of this machine can read it. Use --certificate-file or ' + CERTIFICATE_VARIABLE)

  let isEnding = false
  const end = () => {
    // asked twice, somebody is in a hurry
    if (isEnding) process.exit(1)
    isEnding = true
    gateway.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    )
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  // the terminal was closed
  process.on('SIGHUP', end)
}

function fail(error: unknown): void {
  process.stderr.write(`gateway: ${error instanceof Error ? firstSentence(error) : String(error)}\n`)
  process.exit(1)
}

/** parseArgs says more than one sentence, some of which means nothing here. */
function firstSentence(error: Error): string {
  if (!('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))) return error.message
  return `${error.message.split('. ')[0]}: --help names all options`
}

main().catch(fail)
