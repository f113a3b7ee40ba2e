// Reports the progress of a watch build to the process that runs it (simulator/server/program.ts), over the channel between the two.
import type { Plugin } from 'vite'
import { onStaticFiles } from './static-files'

/** One step of a watch build. `ready`: all files of the build are written. */
export type BuildReport = { readonly build: 'building' } | { readonly build: 'ready' } | { readonly build: 'failed'; readonly message: string }

/** Sends each {@link BuildReport} to the parent process, if one listens. Other builds report by their exit code. */
export function buildReports(): Plugin {
  let isWatched = false
  let hasFailed = false
  let isBuilding = false
  const report = (one: BuildReport) => {
    if (isWatched) process.send?.(one)
  }
  return {
    name: 'rtm:build-reports',
    apply: 'build',
    configResolved({ build, logger }) {
      isWatched = build.watch != null && process.connected
      // No plugin hook sees every error of a build, but all of them pass through here.
      const print = logger.error
      logger.error = (message, options) => {
        report({ build: 'failed', message })
        print(message, options)
      }
      // A build that is under way reports its end, with these files.
      if (isWatched) onStaticFiles(() => !isBuilding && !hasFailed && report({ build: 'ready' }))
    },
    buildStart: () => {
      hasFailed = false
      isBuilding = true
      report({ build: 'building' })
    },
    buildEnd: (error) => {
      hasFailed = error !== undefined
    },
    closeBundle: {
      // After uni-app's own plugins, some of which write files.
      order: 'post',
      sequential: true,
      // Rollup closes a failed build too.
      handler: () => {
        isBuilding = false
        if (!hasFailed) report({ build: 'ready' })
      },
    },
  }
}
