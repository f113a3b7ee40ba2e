import { computed, onMounted, onUnmounted, shallowRef, watch } from 'vue'
import { onHide } from '@dcloudio/uni-app'
import { clock, type Cancel } from '@/src/chat/time/clock'
import { conversationKind, conversationTarget, type ConversationId } from '@/src/chat/conversation/conversation'
import { encodedBytes } from '@/src/chat/message/envelope'
import type { CommonFields } from '@/src/chat/message/common-fields'
import { shownMentions } from '@/src/chat/message/mentions'
import { MESSAGE_MAX_BYTES } from '@/src/chat/rtm-limits'
import { isBlank } from '@/src/chat/text/written-text'
import { t } from '@/src/locales'
import { toast } from '@/src/platform/dialogs'
import { closeKeyboard } from '@/src/platform/keyboard'
import { useChatStore } from '@/src/stores/chat'
import type { ComposerState, Composing } from '@/src/stores/chat/send/composing'
import { useSettingsStore } from '@/src/stores/settings'
import { countText } from '../shared/number-text'
import { useChannel } from '../channel/useChannel'
import { useTextField } from '../shared/useTextField'
import { FILES, PLACES, SPEAKS } from './attaches'
import { aboutText, bytesBeside, bytesBesideEdit, characters, textOf } from './composer-text'
import { composingOf, draftAbout } from './draft-about'
// #ifdef H5
import { lastEditable } from './last-editable'
import { useEscape } from './useEscape'
import { useHandedFiles } from './useHandedFiles'
// #endif
import { useKeyboardArea } from './useKeyboardArea'
import { useMentions } from './useMentions'
import { useThreadLayout } from '../thread/useThreadLayout'

/** From this number of bytes on, the composer shows how many are left. */
const HINT_FROM_BYTES = MESSAGE_MAX_BYTES * 0.8
/** A draft is saved this long after the last key, ms. */
const DRAFT_AFTER_MS = 500

/** The field, the states of the button and the hints, and the handlers of the composer. */
export type UseComposerReturn = ReturnType<typeof useComposer>

/** The composer of a thread. Its text is not in the view's data: a key sends data to the view only if it changes the button or the count of bytes. */
export function useComposer(conversation: ConversationId) {
  const chat = useChatStore()
  const settings = useSettingsStore()
  const account = chat.account
  const hasText = shallowRef(false)
  /** Bytes left on the wire, if few are left. Negative above the limit. */
  const bytesLeft = shallowRef<number>()
  /** Whether a paste was too long. */
  const isRefused = shallowRef(false)
  const layout = useThreadLayout()
  const breaksLines = () => settings.returnKey === 'line'
  const field = useTextField({ name: 'message', typed, submit: send, breaksLines, up, refused: () => (isRefused.value = true) })
  const area = useKeyboardArea(field)
  const mentions = useMentions(chat.wire === 'rich' && conversationKind(conversation) === 'channel', field)
  let text = ''
  /** Whether the user has typed: then a draft that is read later is ignored. */
  let isTouched = false
  let cancelDraft: Cancel | undefined
  /** The text that was being written when an edit began. */
  let setAside = ''
  /** What the draft has kept besides its text, as JSON. */
  let keptAbout = NOTHING_KEPT
  /** What the draft was about when the thread was opened: that opens no keyboard. */
  let restoredAs: Composing | undefined

  const composer = account?.composers.of(conversation)
  const composing = computed(() => composer?.value.composing ?? NEW)
  /** Whether messages are being selected: their bar is in the place of the field then. */
  const isSelecting = computed(() => account?.selections.of(conversation).value !== undefined)

  function take(held: string): void {
    text = held
    isRefused.value = false
    hasText.value = !isBlank(text)
    const bytes = encodedBytes(text, chat.wire) + bytesAround(text, composing.value)
    bytesLeft.value = bytes > HINT_FROM_BYTES ? MESSAGE_MAX_BYTES - bytes : undefined
  }

  function typed(held: string): void {
    isTouched = true
    take(held)
    if (hasText.value) account?.typing.typed(conversation)
    mentions.typed()
    keepDraftSoon()
  }

  function keepDraftSoon(): void {
    cancelDraft?.()
    cancelDraft = clock.after(DRAFT_AFTER_MS, keepDraft)
  }

  /** What a message with these words has besides them. */
  function commonOf(words: string, about: Composing): CommonFields {
    const named = mentions.within(words)
    const by = account?.own.by
    return { ...(by && { by }), ...(about.mode === 'quote' && { quote: about.quote }), ...(named && { mentions: named }) }
  }

  /** The bytes that the message or the edit takes beside these words. */
  function bytesAround(words: string, about: Composing): number {
    return about.mode === 'edit' ? bytesBesideEdit(about.message, mentions.within(words)) : bytesBeside(commonOf(words, about), chat.wire)
  }

  /** What the draft keeps besides its text. */
  const about = () => draftAbout(composing.value, mentions.chosen())

  /** Logged in elsewhere: read-only until the user takes over. */
  const isKicked = computed(() => chat.banner === 'kicked')
  const channel = conversationKind(conversation) === 'channel' ? useChannel(conversationTarget(conversation)) : undefined
  /** A channel that the user has left accepts no messages. The notice above the thread says so. */
  const hasLeft = computed(() => channel?.view.value.state === 'left')
  const isOpen = () => !isKicked.value && !hasLeft.value
  const canSendFiles = computed(() => FILES && chat.hasFiles && isOpen())
  const canAttach = computed(() => canSendFiles.value || (PLACES && chat.wire === 'rich' && isOpen()))
  const canSpeak = computed(() => SPEAKS && canSendFiles.value)
  /** Whether the bar that records is in the place of the field. */
  const isSpeaking = computed(() => area.isSpeaking.value && canSpeak.value)
  const canSend = computed(() => hasText.value && !isSpeaking.value && (bytesLeft.value ?? 0) >= 0 && !isKicked.value && !hasLeft.value)

  async function send(): Promise<void> {
    const sent = field.text()
    if (!canSend.value) return
    const sending = composing.value
    const { by: _by, ...common } = commonOf(sent, sending)
    mentions.close()
    mentions.begin()
    account?.composers.reset(conversation)
    keptAbout = NOTHING_KEPT
    take('')
    await field.set('')
    cancelDraft?.()
    cancelDraft = undefined
    await Promise.all([sendText(sending, sent, common), account?.conversations.drafts.save(conversation, '')])
  }

  async function sendText(about: Composing, words: string, common: CommonFields): Promise<void> {
    if (!account) return
    if (about.mode !== 'edit') return account.own.send(conversation, { kind: 'text', text: words }, common)
    const now = await composingOf(account, conversation, draftAbout(about, []), true)
    if (now?.mode !== 'edit') {
      toast(t('thread.edit.gone'))
      return account.composers.write(conversation, words)
    }
    const { message } = now
    const { mentions: named = [] } = common
    if (words === textOf(message) && named.join('\n') === shownMentions(message).join('\n')) return
    if (await account.own.actions.edit(conversation, message, words, named)) return
    toast(t('thread.action.full'))
    account.composers.edit(conversation, message, words)
  }

  function up(): void {
    // #ifdef H5
    void editLast()
    // #endif
  }

  // #ifdef H5
  /** Edits the last own message that may be edited. */
  async function editLast(): Promise<void> {
    if (!account || composing.value.mode !== 'new') return
    const last = await lastEditable(account, conversation, chat.wire === 'rich')
    if (last && text === '') account.composers.edit(conversation, last, textOf(last))
  }
  // #endif

  /** The text of the field in this state. An edit sets the text that was being written aside; words that are written again follow it. */
  function textFor({ composing: { mode }, text: given = '' }: ComposerState, former: ComposerState | undefined): string {
    const wasEdit = former?.composing.mode === 'edit'
    if (mode === 'edit') {
      if (!wasEdit) setAside = text
      return given
    }
    const own = wasEdit ? setAside : text
    setAside = ''
    return own + given
  }

  /** Stops answering or editing. Escape does so too. */
  function cancelComposing(): void {
    account?.composers.reset(conversation)
  }

  function keepDraft(): void {
    cancelDraft?.()
    cancelDraft = undefined
    keptAbout = JSON.stringify(about())
    void account?.conversations.drafts.save(conversation, text, about())
  }

  function blur(event: Event): void {
    field.left(event)
    keepDraftNow()
    area.fieldLeft()
  }

  function keepDraftNow(): void {
    if (cancelDraft) keepDraft()
  }

  watch(
    () => composer?.value,
    async (state, former) => {
      if (state?.text !== undefined) {
        isTouched = true
        mentions.close()
        if (state.composing.mode === 'edit') mentions.beginEdit(state.composing.message)
        else mentions.begin()
        const next = textFor(state, former)
        take(next)
        await field.set(next)
        if (next !== '') keepDraftSoon()
      } else take(text)
      if (JSON.stringify(about()) !== keptAbout) keepDraftSoon()
      if (!state || (state.composing.mode === 'new' && !state.text)) return
      if (isSpeaking.value) area.close()
      if (state.composing !== restoredAs) await field.focus()
    },
  )

  watch(
    isSelecting,
    () => {
      closeKeyboard()
      layout.value++
    },
    { flush: 'post' },
  )

  onMounted(async () => {
    field.focusAtDesk()
    if (!account) return
    const { drafts } = account.conversations
    const draft = await drafts.read(conversation)
    const kept = await drafts.about(conversation)
    const restored = await composingOf(account, conversation, kept, chat.wire === 'rich')
    if (isTouched) return
    keptAbout = JSON.stringify(kept)
    mentions.begin(kept.mentions)
    if (restored) account.composers.restore(conversation, (restoredAs = restored))
    if (draft === '') return
    take(draft)
    await field.set(draft)
  })

  // #ifdef H5
  const escape = () => (mentions.query.value === undefined ? cancelComposing() : mentions.close())
  useEscape(() => composing.value.mode !== 'new' || mentions.query.value !== undefined, escape)
  useHandedFiles(() => !isSelecting.value, () => canSendFiles.value, () => area.open('attach'))
  // #endif
  onHide(keepDraftNow)
  onUnmounted(keepDraftNow)

  return {
    field: field.view,
    /** The label of the keyboard's own key. */
    returnKey: computed(() => (breaksLines() ? 'return' : 'send')),
    canSend,
    hint: computed(() => (bytesLeft.value !== undefined && bytesLeft.value >= 0 ? countText('thread.bytes-left', characters(bytesLeft.value)) : '')),
    problem: computed(() => {
      if (isKicked.value) return t('thread.kicked')
      if (isRefused.value) return t('thread.paste-too-large')
      return bytesLeft.value !== undefined && bytesLeft.value < 0 ? countText('thread.too-large', characters(-bytesLeft.value)) : ''
    }),
    /** The line above the field: the answered message, or that one is edited. '' for none. */
    about: computed(() => aboutText(composing.value)),
    isEditing: computed(() => composing.value.mode === 'edit'),
    cancelComposing,
    isSelecting,
    keyboard: area.style,
    hasEmojis: area.hasEmojis,
    isAttaching: area.isAttaching,
    isSpeaking,
    canSpeak,
    /** Whether files can be sent: the service has a store for them, and the user may write here. */
    canAttach,
    /** Whether the field has nothing to send: on a phone the button for files has the place of the other one then. */
    isEmpty: computed(() => !hasText.value || isSpeaking.value),
    loading: area.loading,
    toggleEmojis: () => area.toggle('emoji'),
    toggleAttach: () => area.toggle('attach'),
    toggleVoice: () => area.toggle('voice'),
    closePanel: area.close,
    insert: (emoji: string) => field.insert(emoji),
    /** The text behind an `@`, which the picker looks for. */
    mentionQuery: mentions.query,
    pickMention: mentions.pick,
    erase: field.erase,
    send,
    blur,
    focus: area.focused,
    /** The field's number of lines has changed. */
    linesChanged: () => void layout.value++,
  }
}
const NEW: Composing = { mode: 'new' }
const NOTHING_KEPT = '{}'
