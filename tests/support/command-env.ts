/** Environment variables of Vitest and its configuration, which uni-app and Vite would read too. */
const OF_VITEST = /^(UNI_|VITEST|TINYPOOL|NODE_ENV$|MODE$|DEV$|PROD$|SSR$|TEST$|BASE_URL$)/

/** The environment of a command that a test runs as a user would: without Vitest's variables, with the test's. */
export function commandEnv(settings: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !OF_VITEST.test(name))
  return { ...Object.fromEntries(inherited), ...settings }
}
