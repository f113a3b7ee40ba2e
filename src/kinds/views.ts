import type { KindView } from './view'
import type { MessageBody } from './registry'

/** The view of each kind, by its name. Empty here: the build replaces this file (scripts/vite/kind-views.ts). */
export const VIEWS: Readonly<Record<string, KindView<MessageBody>>> = {}
