/** Pasted and dropped files on H5, on their way from the thread to the panel that shows them before they go. */
import { onUnmounted, shallowRef } from 'vue'
import { t, type Words } from '@/src/locales'
import { toast } from '@/src/platform/dialogs'
import { onHandedFiles, type Handed } from '@/src/platform/media/handed-files'
import { usePageVisible } from '../page/usePageVisible'

const NO_FILES: Words = { zh: '这里现在不能发送文件', en: 'Files cannot be sent here now' }

/** They wait here: the panel may still have to be loaded. */
export const handed = shallowRef<Handed>()

/** `isWanted`: whether the composer is shown. `open`: opens the panel. */
export function useHandedFiles(isWanted: () => boolean, canAttach: () => boolean, open: () => void): void {
  const visible = usePageVisible()
  const take = (files: Handed) => {
    if (!canAttach()) return toast(t(NO_FILES))
    handed.value = files
    open()
  }
  onUnmounted(onHandedFiles(() => visible.value && isWanted(), take))
}
