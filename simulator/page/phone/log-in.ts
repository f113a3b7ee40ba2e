/** Logs a new phone in as its user, through the login page. */
import { domOf } from '../../runtime/dom'
import type { Runtime } from '../../runtime/index'

const LOGIN = 'src/pages/login/login'

/** Resolves once the program has left its login page. Never resolves if the page is not shown. */
export async function logIn({ controls }: Runtime, uid: string): Promise<void> {
  await frameWith(() => controls.route() === LOGIN && controls.all('login-uid').length > 0)
  const field = domOf(controls.locate('login-uid'))
  const native = field instanceof HTMLInputElement ? field : field?.querySelector('input')
  if (!native) throw new Error('the login page has no field for a user id')
  native.value = uid
  native.dispatchEvent(new Event('input', { bubbles: true }))
  await frameWith(() => controls.all('login-submit').some(({ disabled }) => !disabled))
  controls.tap('login-submit')
  await frameWith(() => controls.route() !== LOGIN)
}

/** Resolves in the first frame in which the condition holds. A hidden tab has no frames: there it checks twice a second. */
function frameWith(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (condition()) resolve()
      else if (document.hidden) setTimeout(look, 500)
      else requestAnimationFrame(look)
    }
    look()
  })
}
