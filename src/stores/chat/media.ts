import { loadPart } from '@/src/chat/util/load-part'
import { once } from '@/src/chat/util/once'
import type { Media } from '@/src/more/media/port'

/** The media engine. It comes with the subpackage, or in a file of its own on H5: resolves once there was a network. */
export const loadMedia = once(async (): Promise<Media> => (await loadPart(() => import('@/src/more/media'))).createMedia())
