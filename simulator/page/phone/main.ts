/** The page of one phone: `/phone?uid=alice`. Alone, or in a frame of the page with two phones. */
import '../../runtime/base.css'
import './phone.css'
import type { Bundle } from '../../runtime/types'
import type { SimulatorSettings } from '../../server/http-server'
import { followBuild } from '../build-events'
import { applyDeskSettings, readDeskSettings } from '../desk-settings'
import { PHONE_READY, type BuildState } from '../phone-api'
import { textIn, type TextKey } from '../texts'
import { Cover } from './cover'
import { PhonePage } from './phone-page'

const { language, theme } = readDeskSettings()
applyDeskSettings({ language, theme })
const t = (key: TextKey) => textIn(language, key)
const isFramed = window.parent !== window
document.documentElement.classList.toggle('is-framed', isFramed)
// Another document changes the desk's settings.
window.addEventListener('storage', () => applyDeskSettings(readDeskSettings()))

const settings = (await (await fetch('/settings.json')).json()) as SimulatorSettings
const uid = new URLSearchParams(location.search).get('uid') ?? settings.users[0] ?? 'alice'

if (/^[\w.@-]{1,64}$/.test(uid)) {
  document.title = `${uid} · 小程序 Mini program`
  const page = new PhonePage({ uid, hosts: settings.hosts, version: settings.version, isFramed, t, loadBundle })
  window.phone = page
  if (isFramed) window.parent.dispatchEvent(new CustomEvent(PHONE_READY, { detail: uid }))
  else followBuild((build: BuildState | undefined) => build && page.follow(build))
  await page.open()
} else {
  new Cover().show({ title: t('phone.broken'), text: t('phone.bad-uid') })
}

/** Undefined while there is no build. */
async function loadBundle(): Promise<Bundle | undefined> {
  const response = await fetch('/bundle.json')
  if (response.status === 503) return undefined
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
  return (await response.json()) as Bundle
}
