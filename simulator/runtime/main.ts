/** The entry of the script that both hosts run. */
export { createRuntime } from './index'
export { startInPage } from './browser'
