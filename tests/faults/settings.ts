/** The settings of a fault run: passed from scripts/faults.ts, which reads the command line, to the test in a process of Vitest. */

export const SHORT_MESSAGES = 120
export const LONG_MESSAGES = 1_000
/** The seed of every `npm test`. */
export const FIXED_SEED = 1

export interface FaultSettings {
  readonly seeds: readonly number[]
  readonly messages: number
  /** A build of the mini program other than the one of `npm run build:mp-weixin`. */
  readonly dist: string | undefined
  readonly timeoutMs: number
}

/** Default: the short run of `npm test`. */
export function faultSettings(env: Readonly<Record<string, string | undefined>>): FaultSettings {
  const messages = Number(env['FAULTS_MESSAGES'] ?? SHORT_MESSAGES)
  const seeds = (env['FAULTS_SEEDS'] ?? String(FIXED_SEED)).split(',').map(Number)
  return { seeds, messages, dist: env['FAULTS_DIST'], timeoutMs: 180_000 + messages * 400 }
}

export function faultEnv({ seeds, messages, dist }: Omit<FaultSettings, 'timeoutMs'>): Record<string, string> {
  return { FAULTS_SEEDS: seeds.join(','), FAULTS_MESSAGES: String(messages), ...(dist === undefined ? {} : { FAULTS_DIST: dist }) }
}
