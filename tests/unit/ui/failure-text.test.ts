import { afterEach, describe, expect, it } from 'vitest'
import { RTM_REASONS } from '@/src/chat/rtm-reason'
import { locale } from '@/src/locales'
import { failureText } from '@/src/ui/thread/failure-text'

const STARTS = { zh: '发送失败：没能加入频道，', en: 'Not sent: the channel could not be joined: ' }

afterEach(() => {
  locale.value = 'zh'
})

describe.each(['zh', 'en'] as const)('a message whose channel could not be joined, in %s', (language) => {
  it.each(RTM_REASONS)('says so with a reason in words: %s', (reason) => {
    locale.value = language
    const text = failureText({ reason, operation: 'join', code: 5 })
    expect(text.startsWith(STARTS[language])).toBe(true)
    const why = text.slice(STARTS[language].length)
    expect(why).toMatch(/^\p{L}{2}/u)
    expect(why).not.toMatch(/[.。]{2}|\{|^(code|错误码)/)
  })
})
