import { afterEach, describe, expect, it, vi } from 'vitest'
import { chooseAction, confirm, toast } from '@/src/platform/dialogs'
import { importForH5 } from '../../support/h5'
import { failing, succeeding } from './doubles'

afterEach(() => vi.unstubAllGlobals())

const question = { title: 'Delete?', text: 'It is gone then.', confirmText: 'Delete', cancelText: 'Keep' }

describe('dialogs', () => {
  it('ask and return the answer', async () => {
    for (const answer of [true, false]) {
      const showModal = succeeding({ confirm: answer, cancel: !answer })
      vi.stubGlobal('uni', { showModal })
      expect(await confirm(question)).toBe(answer)
      expect(showModal).toHaveBeenCalledTimes(1)
      expect(showModal.mock.calls[0]![0]).toMatchObject({ title: 'Delete?', content: 'It is gone then.', confirmText: 'Delete', cancelText: 'Keep' })
      expect(showModal.mock.calls[0]![0]).not.toHaveProperty('confirmColor')
    }
  })

  it.each([
    ['light', '#BE3E3E'],
    ['dark', '#FF6464'],
  ])('mark what cannot be undone, in a readable red on a %s dialog', async (theme, colour) => {
    const showModal = succeeding({ confirm: true })
    vi.stubGlobal('uni', { showModal, getAppBaseInfo: () => ({ theme }) })
    await confirm({ ...question, danger: true })
    expect(showModal.mock.calls[0]![0].confirmColor).toBe(colour)
  })

  it('ask with the labels of the platform if it rejects ours', async () => {
    const showModal = vi.fn((options: any) => (options.confirmText ? options.fail({ errMsg: 'showModal:fail' }) : options.success({ confirm: true })))
    vi.stubGlobal('uni', { showModal })
    expect(await confirm(question)).toBe(true)
    expect(showModal.mock.lastCall![0]).toMatchObject({ title: 'Delete?', content: 'It is gone then.' })
  })

  it('treat a failed question as declined', async () => {
    vi.stubGlobal('uni', { showModal: failing() })
    expect(await confirm(question)).toBe(false)
  })

  it('return the chosen item, the first too, or none', async () => {
    vi.stubGlobal('uni', { showActionSheet: succeeding({ tapIndex: 0 }) })
    expect(await chooseAction(['Copy', 'Delete'])).toBe(0)
    vi.stubGlobal('uni', { showActionSheet: failing('showActionSheet:fail cancel') })
    expect(await chooseAction(['Copy'])).toBeUndefined()
  })

  it('are shown once for two quick taps, and then again', async () => {
    const [showModal, showActionSheet] = [succeeding({ confirm: true }), succeeding({ tapIndex: 1 })]
    vi.stubGlobal('uni', { showModal, showActionSheet })
    expect(await Promise.all([confirm(question), confirm(question)])).toEqual([true, false])
    expect(await Promise.all([chooseAction(['Copy', 'Delete']), chooseAction(['Copy', 'Delete'])])).toEqual([1, undefined])
    expect([showModal.mock.calls.length, showActionSheet.mock.calls.length]).toEqual([1, 1])
    expect(await Promise.all([confirm(question), confirm({ ...question, title: 'Leave?' })])).toEqual([true, true])
    expect(await confirm(question)).toBe(true)
  })

  it('wait for each other on H5, where uni never answers one that was replaced', async () => {
    vi.stubGlobal('window', new EventTarget())
    const h5 = await importForH5<typeof import('@/src/platform/dialogs')>('src/platform/dialogs.ts')
    const asked: { title: string; success: (answer: { confirm: boolean }) => void }[] = []
    vi.stubGlobal('uni', { showModal: (options: any) => void asked.push(options) })
    const answers = [h5.confirm(question), h5.inform('News', 'A text.', 'OK'), h5.confirm({ ...question, title: 'Leave?' })]
    for (const title of ['Delete?', 'News', 'Leave?']) {
      await vi.waitUntil(() => asked.length > 0)
      expect(asked.map((one) => one.title)).toEqual([title])
      asked.shift()!.success({ confirm: true })
    }
    expect(await Promise.all(answers)).toEqual([true, undefined, true])
  })

  it('show a sentence without an icon', () => {
    const showToast = succeeding()
    vi.stubGlobal('uni', { showToast })
    toast('Copied')
    expect(showToast.mock.calls[0]![0]).toMatchObject({ title: 'Copied', icon: 'none', fail: expect.any(Function) })
  })
})
