/** How Node runs a script of the project under a plain name. */
export interface PlainRun {
  /** The root of the project, as the script will see it. */
  readonly folder: string
  /** The folder is a link to the root, which has no plain name. */
  readonly isLink: boolean
  /** Arguments of Node. */
  readonly args: string[]
  readonly env: NodeJS.ProcessEnv
}

/**
 * Returns how Node runs a script of the project so that the script and all it loads have plain names. The script imports as-named.mjs first.
 * @param script relative to the root of the project
 * @param options those of Node, as in `['--import', 'tsx']`
 * @param env may have paths of uni-app, which are changed to the same files under the plain name
 */
export function plainRun(script: string, options?: readonly string[], env?: NodeJS.ProcessEnv): PlainRun
