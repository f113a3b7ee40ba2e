/** Whether this build can send places, which need no store for files (VITE_RTM_ATTACH). */
export const PLACES = import.meta.env.RTM_ATTACH_LOCATION !== false

/** Whether this build can send files. */
export const FILES = [
  import.meta.env.RTM_ATTACH_IMAGE,
  import.meta.env.RTM_ATTACH_CAMERA,
  import.meta.env.RTM_ATTACH_VIDEO,
  import.meta.env.RTM_ATTACH_VOICE,
  import.meta.env.RTM_ATTACH_FILE,
].some((is) => is !== false)

/** Whether this build can record voices. */
export const SPEAKS = import.meta.env.RTM_ATTACH_VOICE !== false
