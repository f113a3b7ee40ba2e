/** Notifications of the browser. The mini program has none: WeChat only notifies of its own messages. */

/**
 * `off`: the browser would ask the user. `denied`: it does not ask again. `insecure`: it allows notifications only to pages over HTTPS or of this device.
 * `unsupported`: it has none, or none that a page can create (Chrome on Android).
 */
export type NotifyPermission = 'granted' | 'off' | 'denied' | 'insecure' | 'unsupported'

export interface Notice {
  readonly title: string
  readonly text: string
  /** A later notification with the same tag replaces it, and is announced again. */
  readonly tag: string
}

/** The browser's current permission. Does not ask the user. */
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

/** Asks the user, if the browser still does. Call it in a tap. */
export async function askToNotify(): Promise<NotifyPermission> {
  const now = notifyPermission()
  // #ifdef H5
  if (now === 'off') {
    // Safari before 15 uses a callback and returns no promise.
    return permissionOf(await new Promise<NotificationPermission>((resolve) => void Notification.requestPermission(resolve)?.then(resolve)))
  }
  // #endif
  return now
}

/** Shows a notification. A click on it brings the window to the front and calls `chosen`. Returns whether the browser accepted it. */
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
    // Chrome on Android allows it to service workers only, and shows that in no other way.
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
