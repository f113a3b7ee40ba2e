import { t } from '@/src/locales'
import type { KindView } from '../view'
import { video, type VideoBody } from './spec'

export const view: KindView<VideoBody> = { row: (body) => ({ videoLine: video.line(video.excerpt(body, 60), t) }) }
