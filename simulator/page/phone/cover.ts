/** The cover over the screen while the program is hidden, and the line about a failed build. */
import { element } from '../../runtime/dialogs'

export interface CoverText {
  readonly title: string
  readonly text?: string
  readonly button?: { readonly label: string; press(): void }
  /** Work is in progress. */
  readonly isBusy?: boolean
  /** The program keeps running behind it, hidden. */
  readonly isHome?: boolean
}

export class Cover {
  private readonly root = document.getElementById('cover') as HTMLElement

  show({ title, text, button, isBusy = false, isHome = false }: CoverText): void {
    this.root.hidden = false
    this.root.className = isHome ? 'is-home' : isBusy ? 'is-busy' : ''
    const heading = element('h1', '', title)
    const parts: HTMLElement[] = [...(isBusy ? [element('i', 'cover-spinner')] : []), heading]
    if (text) parts.push(element('p', '', text))
    if (button) {
      const drawn = element('button', 'cover-button', button.label)
      drawn.type = 'button'
      drawn.addEventListener('click', button.press)
      parts.push(drawn)
    }
    this.root.replaceChildren(...parts)
  }

  hide(): void {
    this.root.hidden = true
    this.root.replaceChildren()
  }
}

/** A line at the foot of the screen that can be opened and hidden. The program keeps running below it. */
export class Notice {
  private readonly root = document.getElementById('notice') as HTMLElement

  show(title: string, details: string, labels: { readonly details: string; readonly close: string }): void {
    const text = element('pre', '', details)
    text.hidden = true
    const open = element('button', '', labels.details)
    open.addEventListener('click', () => {
      text.hidden = !text.hidden
    })
    const close = element('button', '', labels.close)
    close.addEventListener('click', () => this.hide())
    const line = element('div', 'notice-line')
    line.append(element('span', '', title), open, close)
    this.root.replaceChildren(line, text)
    this.root.hidden = false
  }

  hide(): void {
    this.root.hidden = true
  }
}
