/** Resolves at the first Ctrl-C or request to end. */
export function interruption(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    const interrupt = () => resolve('interrupted')
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupt)
    if (process.env.npm_lifecycle_event) onParentExit(interrupt)
  })
}

/** npm runs a script in a shell. A SIGTERM to npm ends the shell only, so the script sees nothing but a new parent. */
function onParentExit(callback: () => void): void {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    callback()
  }, 500)
  timer.unref()
}
