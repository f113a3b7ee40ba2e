import type { KindView } from './view'
import type { MessageBody } from './registry'

/** The view of each kind, by its name. The build puts those of registry.ts here (scripts/vite/kind-views.ts). */
export const VIEWS: Readonly<Record<string, KindView<MessageBody>>> = {}
