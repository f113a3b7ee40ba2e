import { computed, shallowRef } from 'vue'
import { cleanName, EMOJI_AVATAR, NAME_MAX_LENGTH, type Profile } from '@/src/chat/message/common-fields'
import { isBlank } from '@/src/chat/text/written-text'
import { t } from '@/src/locales'
import { useChatStore } from '@/src/stores/chat'
import { useSettingsStore } from '@/src/stores/settings'
import { useTextField } from '@/src/ui/shared/useTextField'

const WORDS = {
  name: { zh: '名字', en: 'Name' },
  choose: { zh: '选择表情作头像', en: 'Choose an emoji as avatar' },
  remove: { zh: '移除头像', en: 'Remove the avatar' },
  note: {
    zh: '名字和头像保存在本机，随你之后发出的每条消息送出。不填名字就显示用户 ID。',
    en: 'Your name and avatar are kept on this device and go with each message that you send from now on. Without a name your user ID is shown.',
  },
  problem: { zh: `名字要有 1 到 ${NAME_MAX_LENGTH} 个字，没有保存。`, en: `A name has 1 to ${NAME_MAX_LENGTH} characters. This one is not saved.` },
} as const

/** The field, the states of the form, and its actions. */
export type UseProfileFormReturn = ReturnType<typeof useProfileForm>

/** The form for the user's own profile. */
export function useProfileForm() {
  const chat = useChatStore()
  const settings = useSettingsStore()
  const uid = chat.me
  const profile = shallowRef<Profile>(settings.profileOf(uid) ?? {})
  const isRefused = shallowRef(false)
  const isChoosing = shallowRef(false)
  const field = useTextField({ name: 'name', initial: profile.value.name ?? '', typed, submit: () => field.leave(), refused: () => (isRefused.value = true) })

  function typed(text: string): void {
    const name = cleanName(text)
    isRefused.value = name === undefined && !isBlank(text)
    if (!isRefused.value) save({ ...withoutName(profile.value), ...(name !== undefined && { name }) })
  }

  function save(next: Profile): void {
    profile.value = next
    settings.setProfile(uid, next)
    chat.account?.conversations.people.setOwn(settings.profileOf(uid))
  }

  function pick(emoji: string): void {
    save({ ...profile.value, avatar: EMOJI_AVATAR + emoji })
    isChoosing.value = false
  }

  function remove(): void {
    const { name } = profile.value
    save(name === undefined ? {} : { name })
  }

  return {
    uid,
    words: WORDS,
    field: field.view,
    problem: computed(() => (isRefused.value ? t(WORDS.problem) : '')),
    hasAvatar: computed(() => profile.value.avatar !== undefined),
    isChoosing,
    toggle: () => {
      isChoosing.value = !isChoosing.value
    },
    pick,
    remove,
  }
}

function withoutName({ avatar }: Profile): Profile {
  return avatar === undefined ? {} : { avatar }
}
