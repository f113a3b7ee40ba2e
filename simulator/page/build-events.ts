/** How the build of the program goes, as the server says it. */
import type { BuildState } from '../server/program'

/** Calls `follow` with the state at once and after each change, and with undefined while the server is not there. */
export function followBuild(follow: (build: BuildState | undefined) => void): void {
  const events = new EventSource('/events')
  events.addEventListener('build', ({ data }: MessageEvent<string>) => follow(JSON.parse(data) as BuildState))
  events.onerror = () => follow(undefined)
}
