/** The words of an entry of a record. */
import { kindNamed, KINDS } from '@/src/kinds/registry'
import { t } from '@/src/locales'

/** An entry as one line, by its kind: `[位置] 外滩`. A kind that this version does not know has only its excerpt. */
export function entryLine({ kind, text }: { readonly kind: string; readonly text: string }): string {
  return kindNamed(kind)?.line(text, t) ?? (text || KINDS.unsupported.line('', t))
}
