/// <reference types="vite/client" />

interface ImportMetaEnv {
  readonly VITE_RTM_BACKEND?: 'local' | 'agora'
  readonly VITE_RTM_APP_ID?: string
  readonly VITE_RTM_GATEWAY_URL?: string
  readonly VITE_RTM_TOKEN_URL?: string
  readonly VITE_RTM_FILES_URL?: string
  readonly VITE_RTM_WIRE?: 'rich' | 'plain'
  readonly VITE_MAP_URL?: string
  readonly VITE_MEDIA_HOSTS?: string
  readonly WEIXIN_PRIVACY_POPUP?: 'own' | 'wechat'
  /** Choices of VITE_RTM_ATTACH. `false` leaves its code out of the build. */
  readonly RTM_ATTACH_IMAGE?: boolean
  readonly RTM_ATTACH_CAMERA?: boolean
  readonly RTM_ATTACH_VIDEO?: boolean
  readonly RTM_ATTACH_VOICE?: boolean
  readonly RTM_ATTACH_FILE?: boolean
  readonly RTM_ATTACH_LOCATION?: boolean
}

declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent<object, object, unknown>
  export default component
}

/** What uni-app for H5 draws its bars by, as far as it is changed here: made of manifest.json and pages.json. */
declare const __uniConfig: {
  /** `true`: as the system has it. */
  darkmode: boolean | 'light' | 'dark'
  readonly tabBar: { readonly list: readonly { readonly pagePath: string; text: string }[] }
}
declare const __uniRoutes: readonly {
  readonly path: string
  /** The path of the first page, whose `path` is `/`. */
  readonly alias?: string
  readonly meta: { readonly navigationBar: { titleText: string } }
}[]

/** Agora's SDK for mini programs, or undefined: vite.config.ts puts the user's file here for the backend `agora` on mp-weixin. */
declare module 'virtual:rtm-miniapp-sdk' {
  const sdk: unknown
  export default sdk
}
