/** The settings of an S3-compatible store, from the command line, the environment and a file. */
import { readFileSync } from 'node:fs'

export interface S3Settings {
  readonly bucket: string
  /** Where the file server reaches the store. Default: AWS in the region. */
  readonly endpoint?: string
  /** Where readers reach it, if that is elsewhere. */
  readonly publicEndpoint?: string
  readonly region: string
  /** The bucket is in the path, as MinIO expects it, and not in the host name. */
  readonly pathStyle: boolean
  /** What the names of objects begin with: empty, or with a slash at the end. */
  readonly prefix: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const text = { type: 'string' } as const

/** For `parseArgs`. */
export const S3_OPTIONS = {
  'files-s3-bucket': text,
  'files-s3-endpoint': text,
  'files-s3-public-endpoint': text,
  'files-s3-region': text,
  'files-s3-path-style': { type: 'boolean' },
  'files-s3-prefix': text,
  'files-s3-credentials-file': text,
} as const

export type S3Values = { readonly [Option in keyof typeof S3_OPTIONS]?: (typeof S3_OPTIONS)[Option]['type'] extends 'boolean' ? boolean : string }

const ID_VARIABLE = 'GATEWAY_S3_ACCESS_KEY_ID'
const SECRET_VARIABLE = 'GATEWAY_S3_SECRET_ACCESS_KEY'

export const S3_HELP = `  --files-s3-bucket NAME
                      keep the bytes of files in this bucket of an S3-compatible store; needs --data for everything else. The
                      variables ${ID_VARIABLE} and ${SECRET_VARIABLE}
                      have the credentials, or:
  --files-s3-credentials-file F
                      the file has the access key id in its first line, and the secret access key in its second
  --files-s3-endpoint URL
                      the store's address (default: AWS in the region)
  --files-s3-public-endpoint URL
                      its address for readers, if they reach it by another one
  --files-s3-region R the bucket's region (default us-east-1)
  --files-s3-path-style
                      put the bucket in the path instead of the host name, as MinIO expects it
  --files-s3-prefix P put this before the names of all objects, for example chat/
`

const BUCKET = /^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/
const REGION = /^[a-z\d-]{1,50}$/
/** No characters that a store, or the signature of an address, could read in two ways. */
const PREFIX = /^(?:[\w-][\w.-]*\/)*$/

/** Returns undefined without a bucket. Throws a sentence for a person. */
export function readS3Settings(values: S3Values, dataDir: string | undefined, environment: NodeJS.ProcessEnv = process.env): S3Settings | undefined {
  const bucket = values['files-s3-bucket']
  if (bucket === undefined) {
    const [other] = Object.keys(S3_OPTIONS).filter((option) => values[option as keyof S3Values] !== undefined)
    if (other !== undefined) throw new Error(`--${other} needs --files-s3-bucket`)
    return undefined
  }
  if (!BUCKET.test(bucket)) throw new Error(`--files-s3-bucket takes the name of a bucket, 3 to 63 lower-case letters, digits, dots and hyphens, not ${bucket}`)
  if (!dataDir) throw new Error('--files-s3-bucket needs --data: without the folder nobody knows after a restart which files are in the bucket')
  const region = values['files-s3-region'] ?? 'us-east-1'
  if (!REGION.test(region)) throw new Error(`--files-s3-region takes a region such as ap-guangzhou, not ${region}`)
  const prefix = values['files-s3-prefix'] ?? ''
  if (!PREFIX.test(prefix)) throw new Error(`--files-s3-prefix takes names of letters, digits, dots, hyphens and underscores with a slash after each, for example chat/, not ${prefix}`)
  return {
    bucket,
    region,
    prefix,
    pathStyle: values['files-s3-path-style'] ?? false,
    endpoint: readEndpoint('--files-s3-endpoint', values['files-s3-endpoint']),
    publicEndpoint: readEndpoint('--files-s3-public-endpoint', values['files-s3-public-endpoint']),
    ...readCredentials(values['files-s3-credentials-file'], environment),
  }
}

function readEndpoint(option: string, address: string | undefined): string | undefined {
  if (address === undefined) return undefined
  if (URL.canParse(address)) {
    const { protocol, origin, pathname, search, username, hash } = new URL(address)
    if (/^https?:$/.test(protocol) && pathname === '/' && search + username + hash === '') return origin
  }
  throw new Error(`${option} takes an address without a path, such as https://cos.ap-guangzhou.myqcloud.com, not ${address}`)
}

function readCredentials(file: string | undefined, environment: NodeJS.ProcessEnv): Pick<S3Settings, 'accessKeyId' | 'secretAccessKey'> {
  const [accessKeyId = '', secretAccessKey = '', ...others] = file === undefined ? [environment[ID_VARIABLE], environment[SECRET_VARIABLE]] : linesOf(file)
  if (accessKeyId !== '' && secretAccessKey !== '' && others.length === 0) return { accessKeyId, secretAccessKey }
  if (file === undefined) throw new Error(`--files-s3-bucket needs the variables ${ID_VARIABLE} and ${SECRET_VARIABLE}, or --files-s3-credentials-file`)
  throw new Error(`the file of --files-s3-credentials-file, ${file}, does not hold two lines: the access key id and the secret access key`)
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8')
      .trim()
      .split(/\r?\n/)
      .map((line) => line.trim())
  } catch (error) {
    throw new Error(`cannot read the file of --files-s3-credentials-file, ${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}
