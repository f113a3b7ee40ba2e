/** Set by Vitest and its configuration for the tests, and taken by uni-app and Vite as meant for them. */
const OF_VITEST = /^(UNI_|VITEST|TINYPOOL|NODE_ENV$|MODE$|DEV$|PROD$|SSR$|TEST$|BASE_URL$)/

/** The environment of a command that a test runs as a person would: nothing of Vitest in it, and what the test sets. */
export function commandEnv(settings: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !OF_VITEST.test(name))
  return { ...Object.fromEntries(inherited), ...settings }
}
