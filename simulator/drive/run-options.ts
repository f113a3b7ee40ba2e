import type { Bundle, RuntimeOptions } from '../runtime/types'
import type { StartOptions } from './driver'
import type { Phone } from './phone'

/** The options of a run that both hosts read alike, with their defaults. */
export function runOptions(bundle: Bundle, phone: Phone, options: StartOptions): Omit<RuntimeOptions, 'host' | 'privacy'> {
  return {
    bundle,
    launchPath: options.launchPath ?? bundle.app.pages[0] ?? '',
    launchQuery: options.launchQuery ?? {},
    language: options.language ?? 'zh_CN',
    theme: options.theme ?? 'light',
    platform: options.platform ?? 'ios',
    online: options.online ?? true,
    screenReader: options.screenReader ?? false,
    permissions: options.permissions ?? 'allowed',
    limits: phone.limits(options.limits),
    hosts: options.hosts ?? {},
  }
}
