import { t } from '@/src/locales'
import type { KindView } from '../view'
import { image, type ImageBody } from './spec'

export const view: KindView<ImageBody> = { row: (body) => ({ imageLine: image.line(image.excerpt(body, 60), t) }) }
