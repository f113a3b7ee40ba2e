import { t } from '@/src/locales'
import type { KindView } from '../view'
import { file, type FileBody } from './spec'

export const view: KindView<FileBody> = { row: (body) => ({ fileLine: file.line(file.excerpt(body, 60), t) }) }
