/** `@media (prefers-color-scheme: …)` must match the phone's theme, which may differ from that of the browser that draws it. */
import type { Theme } from './types'

const SCHEME = /\(\s*prefers-color-scheme\s*:\s*(\w+)\s*\)/g

/** The media rules of a program's style sheets, unchanged. */
export class ThemedMedia {
  private readonly rules: { readonly rule: CSSMediaRule; readonly written: string }[] = []

  add(sheet: CSSStyleSheet | null): void {
    for (const rule of Array.from(sheet?.cssRules ?? [])) {
      if (rule instanceof CSSMediaRule && rule.media.mediaText.includes('prefers-color-scheme')) this.rules.push({ rule, written: rule.media.mediaText })
    }
  }

  apply(theme: Theme): void {
    for (const { rule, written } of this.rules) {
      rule.media.mediaText = written.replace(SCHEME, (_, scheme: string) => (scheme === theme ? '(min-width: 0px)' : '(max-width: 0px)'))
    }
  }
}
