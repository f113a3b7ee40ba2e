import { t } from '@/src/locales'
import type { KindView } from '../view'
import type { UnsupportedBody } from './spec'

export const view: KindView<UnsupportedBody> = { row: () => ({ hint: t('thread.unsupported') }) }
