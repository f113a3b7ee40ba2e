/** The platform's own dialogs. */
import { clock } from '@/src/chat/clock'
// #ifdef H5
import { fingerUp } from './press'
// #endif

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

/** Asks, and gives no answer while the same is asked already: WeChat would show the dialog of a second quick tap too. H5 shows one at a time. */
async function askOnce<Answer>(words: readonly string[], ask: () => Promise<Answer>): Promise<Answer | undefined> {
  const key = words.join('\n')
  // #ifdef MP-WEIXIN
  if (asking.has(key)) return undefined
  // #endif
  asking.add(key)
  try {
    return await ask()
  } finally {
    asking.delete(key)
  }
}

/** WeUI's red. */
const DANGER_COLOR = '#FA5151'

/** Whether the person said yes. */
export async function confirm({ title, text, confirmText, cancelText, danger = false }: Question): Promise<boolean> {
  const question = { title, content: text, ...(danger && { confirmColor: DANGER_COLOR }) }
  // WeChat refuses labels of more than four Chinese characters; its own ones then, rather than no question
  const answer = await askOnce([title, text], async () => (await showModal({ ...question, confirmText, cancelText })) ?? (await showModal(question)))
  return answer ?? false
}

/** Undefined when the platform did not ask. */
function showModal(options: UniApp.ShowModalOptions): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    void uni.showModal({ ...options, success: ({ confirm }) => resolve(confirm === true), fail: () => resolve(undefined) })
    // #ifdef H5
    // uni has the dialog on the page after two microtasks.
    clock.after(0, focusModal)
    // #endif
  })
}

// #ifdef H5
/** uni gives its dialog no role, and leaves the focus on the page behind it. Its keys are Enter and Escape, wherever the focus is. */
function focusModal(): void {
  const modal = document.querySelector<HTMLElement>('div.uni-modal')
  modal?.setAttribute('role', 'alertdialog')
  modal?.setAttribute('aria-modal', 'true')
  modal?.setAttribute('aria-label', modal.querySelector('.uni-modal__title')?.textContent ?? '')
  modal?.setAttribute('tabindex', '-1')
  modal?.querySelectorAll('.uni-modal__btn').forEach((button) => button.setAttribute('role', 'button'))
  modal?.focus()
}
// #endif

/** Tells something in its own time; resolves once the person has read it. */
export async function inform(title: string, text: string, confirmText: string): Promise<void> {
  await showModal({ title, content: text, confirmText, showCancel: false })
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
        uni.showActionSheet({ itemList: [...items], success: ({ tapIndex }) => resolve(tapIndex), fail: () => resolve(undefined) })
      }),
  )
}
