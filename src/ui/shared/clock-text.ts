import { clockLabel } from '@/src/chat/time/clock-label'
import { messageKey, t } from '@/src/locales'

/** `at` in words, seen from `now` (ms since 1970): 15:04, 昨天 15:04, 星期二 15:04, 3月4日 15:04. The short form has the day only. */
export function clockText(at: number, now: number, form: 'full' | 'short' = 'full'): string {
  const label = clockLabel(at, now, form)
  if (label.kind === 'unknown') return ''
  const { year, month, day, weekday, time } = label
  return [dayText(), time].filter(Boolean).join(' ')

  function dayText(): string {
    if (label.kind === 'yesterday') return t('time.yesterday')
    if (label.kind === 'this-year') return t('time.month-day', { month, day })
    if (label.kind === 'other-year') return t('time.year-month-day', { year, month, day })
    const key = label.kind === 'weekday' ? messageKey(`time.weekday.${weekday}`) : undefined
    return key ? t(key) : ''
  }
}
