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

export function plainRun(script: string, options?: readonly string[], env?: NodeJS.ProcessEnv): PlainRun
