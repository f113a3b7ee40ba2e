import { t } from '@/src/locales'
import type { KindView } from '../view'
import { voice, type VoiceBody } from './spec'

export const view: KindView<VoiceBody> = { row: (body) => ({ voiceLine: voice.line(voice.excerpt(body, 60), t) }) }
