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
  /** What is confirmed cannot be undone: its button is red. */
  readonly danger?: boolean
}

/** What is being asked, by its words. */
const asking = new Set<string>()

/** Asks, and gives no answer while the same question is open: WeChat would show the dialog of a second quick tap too. */
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

/** On H5 waits for the dialog that is open: uni shows one at a time, and never answers the one that another takes the place of. */
function inTurn<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  // #ifdef H5
  const mine = last.then(ask)
  // An error is the caller's; the next dialog goes on.
  last = mine.catch(() => undefined)
  return mine
  // #endif
  // #ifdef MP-WEIXIN
  return ask()
  // #endif
}

/** Dark enough to be read on white, light enough on WeChat's dark grey. */
const DANGER_COLOR = { light: '#BE3E3E', dark: '#FF6464' } as const

/** Whether the person said yes. */
export async function confirm({ title, text, confirmText, cancelText, danger = false }: Question): Promise<boolean> {
  const question = { title, content: text, ...(danger && { confirmColor: DANGER_COLOR[dialogTheme()] }) }
  // WeChat refuses labels of more than four Chinese characters; its own ones then, rather than no question
  const answer = await askOnce([title, text], async () => (await showModal({ ...question, confirmText, cancelText })) ?? (await showModal(question)))
  return answer ?? false
}

/** Undefined when the platform did not ask. */
function showModal(options: UniApp.ShowModalOptions): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    const answered = (answer: boolean | undefined) => {
      release()
      resolve(answer)
    }
    let release = () => {}
    void uni.showModal({ ...options, success: ({ confirm }) => answered(confirm === true), fail: () => answered(undefined) })
    // #ifdef H5
    // uni has the dialog on the page after two microtasks.
    clock.after(0, () => {
      release = hold()
    })
    // #endif
  })
}

// #ifdef H5
/** Gives a dialog of uni's that is on the page to the keyboard: the sheet with `items`, or else the question. Returns what takes it back. */
type Hold = (items?: readonly string[]) => () => void

let hold: Hold = () => () => {}

/** Has all dialogs from now on given to the keyboard. */
export function holdDialogs(by: Hold): void {
  hold = by
}
// #endif

/** The theme that the platform's dialogs have: WeChat draws them by the system's, H5 by the one in use (src/styles/tokens.scss). */
function dialogTheme(): Theme {
  // #ifdef H5
  const chosen = document.documentElement.dataset.theme
  if (chosen === 'light' || chosen === 'dark') return chosen
  // #endif
  return systemTheme()
}

/** Tells something in its own time; resolves once the person has read it. */
export async function inform(title: string, text: string, confirmText: string): Promise<void> {
  await inTurn(() => showModal({ title, content: text, confirmText, showCancel: false }))
}

/** Shows a short sentence that goes by itself. It waits for no one, and neither does its failure. */
export function toast(text: string): void {
  void uni.showToast({ title: text, icon: 'none', fail: () => {} })
}

/** The index of the item the person chose (WeChat takes 6 at most), or undefined when they chose none. */
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
