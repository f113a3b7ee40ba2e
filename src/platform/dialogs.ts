/** The platform's own dialogs. */
// #ifdef H5
import { clock } from '@/src/chat/time/clock'
import { fingerUp } from './press'
// #endif
import { systemTheme, type Theme } from './theme'

export interface Question {
  readonly title: string
  readonly text: string
  readonly confirmText: string
  readonly cancelText: string
  /** The action cannot be undone, so its button is red. */
  readonly danger?: boolean
}

/** The open questions, by their texts. */
const asking = new Set<string>()

/** Asks. Does nothing while the same question is open: WeChat would show a second dialog for the second of two quick taps. */
async function askOnce<Answer>(words: readonly string[], ask: () => Promise<Answer>): Promise<Answer | undefined> {
  const key = words.join('\n')
  if (asking.has(key)) return undefined
  asking.add(key)
  try {
    return await inTurn(ask)
  } finally {
    asking.delete(key)
  }
}

// #ifdef H5
let last: Promise<unknown> = Promise.resolve()
// #endif

/** On H5 waits for the open dialog: uni shows one at a time, and never answers one that another has replaced. */
function inTurn<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  // #ifdef H5
  const mine = last.then(ask)
  // The caller handles the error. The next dialog is not affected.
  last = mine.catch(() => undefined)
  return mine
  // #endif
  // #ifdef MP-WEIXIN
  return ask()
  // #endif
}

/** Dark enough on white, light enough on WeChat's dark grey. */
const DANGER_COLOR = { light: '#BE3E3E', dark: '#FF6464' } as const

/** Resolves to whether the user confirmed. */
export async function confirm({ title, text, confirmText, cancelText, danger = false }: Question): Promise<boolean> {
  const question = { title, content: text, ...(danger && { confirmColor: DANGER_COLOR[dialogTheme()] }) }
  // WeChat rejects labels of more than four Chinese characters. Then its default labels are used.
  const answer = await askOnce([title, text], async () => (await showModal({ ...question, confirmText, cancelText })) ?? (await showModal(question)))
  return answer ?? false
}

/** Undefined if the platform did not ask. */
function showModal(options: UniApp.ShowModalOptions): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    const answered = (answer: boolean | undefined) => {
      release()
      resolve(answer)
    }
    let release = () => {}
    void uni.showModal({ ...options, success: ({ confirm }) => answered(confirm === true), fail: () => answered(undefined) })
    // #ifdef H5
    // uni adds the dialog to the page after two microtasks.
    clock.after(0, () => {
      release = hold()
    })
    // #endif
  })
}

// #ifdef H5
/** Makes a dialog of uni's on the page usable by keyboard: the sheet with `items`, or else the question. Returns a function that undoes it. */
type Hold = (items?: readonly string[]) => () => void

let hold: Hold = () => () => {}

/** Makes all later dialogs usable by keyboard. */
export function holdDialogs(by: Hold): void {
  hold = by
}
// #endif

/** The theme of the platform's dialogs: WeChat draws them in the system's, H5 in the chosen one (src/styles/tokens.scss). */
function dialogTheme(): Theme {
  // #ifdef H5
  const chosen = document.documentElement.dataset.theme
  if (chosen === 'light' || chosen === 'dark') return chosen
  // #endif
  return systemTheme()
}

/** Shows a message. Resolves once the user has closed it. */
export async function inform(title: string, text: string, confirmText: string): Promise<void> {
  await inTurn(() => showModal({ title, content: text, confirmText, showCancel: false }))
}

/** Shows a short sentence that disappears by itself. Callers do not wait for it, and its failure is ignored. */
export function toast(text: string): void {
  void uni.showToast({ title: text, icon: 'none', fail: () => {} })
}

/** Resolves to the index of the chosen item (WeChat allows at most 6), or undefined if the user chose none. */
export async function chooseAction(items: readonly string[]): Promise<number | undefined> {
  // #ifdef H5
  await fingerUp()
  // #endif
  return askOnce(
    items,
    () =>
      new Promise<number | undefined>((resolve) => {
        const chosen = (index: number | undefined) => {
          release()
          resolve(index)
        }
        let release = () => {}
        uni.showActionSheet({ itemList: [...items], success: ({ tapIndex }) => chosen(tapIndex), fail: () => chosen(undefined) })
        // #ifdef H5
        clock.after(0, () => {
          release = hold(items)
        })
        // #endif
      }),
  )
}
