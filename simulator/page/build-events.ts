/** The state of the program's build, as the server reports it. */
import type { BuildState } from '../server/program'

/** Calls `follow` with the state at once and after each change, and with undefined while the server is down. */
export function followBuild(follow: (build: BuildState | undefined) => void): void {
  const events = new EventSource('/events')
  events.addEventListener('build', ({ data }: MessageEvent<string>) => follow(JSON.parse(data) as BuildState))
  events.onerror = () => follow(undefined)
}
