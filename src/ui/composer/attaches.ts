/** Whether this build has anything to send but words (VITE_RTM_ATTACH). */
export const ATTACHES = [
  import.meta.env.RTM_ATTACH_IMAGE,
  import.meta.env.RTM_ATTACH_CAMERA,
  import.meta.env.RTM_ATTACH_VIDEO,
  import.meta.env.RTM_ATTACH_VOICE,
  import.meta.env.RTM_ATTACH_FILE,
  import.meta.env.RTM_ATTACH_LOCATION,
].some((is) => is !== false)

/** Whether this build can record voices. */
export const SPEAKS = import.meta.env.RTM_ATTACH_VOICE !== false
