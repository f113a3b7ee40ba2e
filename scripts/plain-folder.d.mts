/** How Node runs a script of the project under a plain name. */
export interface PlainRun {
  /** The root of the project, by the path that the script uses. */
  readonly folder: string
  /** Whether the folder is a link to the root, whose own name is not plain. */
  readonly isLink: boolean
  /** Arguments of Node. */
  readonly args: string[]
  readonly env: NodeJS.ProcessEnv
}

/**
 * Returns how to run a script of the project in Node so that the script and all its modules have plain names. The script imports as-named.mjs first.
 * @param script relative to the root of the project
 * @param options those of Node, as in `['--import', 'tsx']`
 * @param env may have paths of uni-app, which are changed to the same files under the plain name
 */
export function plainRun(script: string, options?: readonly string[], env?: NodeJS.ProcessEnv): PlainRun
