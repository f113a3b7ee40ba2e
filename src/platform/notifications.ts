/** Notifications of the browser. The mini program has none: WeChat tells of its own messages only. */

/**
 * `off`: the browser would ask the user. `denied`: it does not ask again. `insecure`: it gives notifications to pages over HTTPS or of this device
 * only. `unsupported`: it has none, or none that a page can make (Chrome on Android).
 */
export type NotifyPermission = 'granted' | 'off' | 'denied' | 'insecure' | 'unsupported'

export interface Notice {
  readonly title: string
  readonly text: string
  /** A later one with the same tag takes its place, and is announced again. */
  readonly tag: string
}

/** What the browser allows now, without asking anyone. */
export function notifyPermission(): NotifyPermission {
  // #ifdef H5
  if (!window.isSecureContext) return 'insecure'
  if (typeof Notification === 'undefined') return 'unsupported'
  return permissionOf(Notification.permission)
  // #endif
  // #ifdef MP-WEIXIN
  return 'unsupported'
  // #endif
}

/** Asks the user, if the browser still does. To be called by a tap. */
export async function askToNotify(): Promise<NotifyPermission> {
  const now = notifyPermission()
  // #ifdef H5
  if (now === 'off') {
    // Safari before 15 calls back and returns no promise.
    return permissionOf(await new Promise<NotificationPermission>((resolve) => void Notification.requestPermission(resolve)?.then(resolve)))
  }
  // #endif
  return now
}

/** Shows a notification; a click on it brings the window to the front and calls `chosen`. Returns whether the browser took it. */
export function notify({ title, text, tag }: Notice, chosen: () => void): boolean {
  // #ifdef H5
  if (notifyPermission() !== 'granted') return false
  try {
    const shown = new Notification(title, { body: text, tag, renotify: true } as NotificationOptions)
    shown.onclick = () => {
      shown.close()
      window.focus()
      chosen()
    }
    return true
  } catch {
    // Chrome on Android lets only a service worker make one, and says so no other way.
    return false
  }
  // #endif
  // #ifdef MP-WEIXIN
  return false
  // #endif
}

// #ifdef H5
function permissionOf(permission: NotificationPermission): NotifyPermission {
  return permission === 'default' ? 'off' : permission
}
// #endif
