import { computed, onMounted, onUnmounted, shallowRef, watchEffect } from 'vue'
import { clock, type Cancel } from '@/src/chat/time/clock'
import { idProblem } from '@/src/chat/rtm-limits'
import { validateLogin } from '@/src/chat/session/login'
import { t, type MessageKey } from '@/src/locales'
import { launchUid, pageAddress } from '@/src/platform/launch'
import { toConversations } from '@/src/platform/pages'
import { useChatStore } from '@/src/stores/chat'
import { useSettingsStore } from '@/src/stores/settings'
import type { LoginProblem } from '@/src/stores/chat'
import { idProblemText, idWord, isIdMeant } from '../shared/id-text'
import { loginSentence, type LoginAttempt } from './login-sentence'
import { useTextField } from '../shared/useTextField'
// #ifdef H5
import { mayLogIn } from './login-question'
// #endif

/** After this time, ms, the form says what it waits for. */
const SLOW_AFTER_MS = 3_000

/** The fields, texts (`''` for none) and states of the form, and its actions. */
export type UseLoginReturn = ReturnType<typeof useLogin>

/** The login form: its fields, their errors, and logging in. */
export function useLogin() {
  const chat = useChatStore()
  const settings = useSettingsStore()
  /** The user in the address is filled in only if the id breaks a rule, which the form then explains. */
  const named = chat.backend.kind === 'local' ? launchUid() : undefined
  const uid = shallowRef(named !== undefined && idProblem(named) ? named : settings.lastUid())
  const token = shallowRef('')
  const busy = shallowRef(false)
  const slow = shallowRef(false)
  /** A sentence about the input. */
  const refusal = shallowRef('')
  const problem = shallowRef<LoginProblem | undefined>(chat.loginProblem)
  let notSlow: Cancel | undefined
  /** Bumped by every login and cancellation, so that a cancelled login reports nothing more. */
  let attempt = 0

  const uidField = useTextField({ name: 'uid', initial: uid.value, isLiteral: true, typed: typedUid, submit, refused: () => refuse('id.too-long') })
  const tokenField = useTextField({ name: 'token', isLiteral: true, typed: typedToken, submit, refused: () => refuse('token.too-long') })

  const uidProblem = computed(() => (uid.value === '' ? '' : idProblemText(uid.value)))
  const canSubmit = computed(() => uid.value !== '' && !uidProblem.value && !busy.value)
  const error = computed(() => refusal.value || (problem.value ? loginSentence(problem.value, attempted()) : ''))

  function typedUid(text: string): void {
    uid.value = text
    forget()
  }

  function typedToken(text: string): void {
    token.value = text
    forget()
  }

  /** The current fields are those of the attempt, since every change of them clears the error. */
  function attempted(): LoginAttempt {
    const { kind, fetchesToken, gatewayUrl } = chat.backend
    return { token: token.value, fetchesToken, gatewayUrl, backend: chat.backendName ?? (kind === 'local' ? 'local' : 'agora-web') }
  }

  function refuse(sentence: MessageKey): void {
    refusal.value = t(sentence)
  }

  /** A change of the input clears the error. */
  function forget(): void {
    refusal.value = ''
    problem.value = undefined
  }

  async function submit(): Promise<void> {
    uidField.text()
    tokenField.text()
    if (!canSubmit.value) return
    // A second tap while the next page opens.
    if (isSignedIn()) return
    const check = validateLogin(uid.value, token.value)
    if (!check.ok) {
      refuse(check.problem)
      return
    }
    const mine = ++attempt
    busy.value = true
    forget()
    try {
      if (check.uid !== settings.lastUid() && !(await isIdMeant(check.uid))) return
      // #ifdef H5
      if (!(await mayLogIn(check.uid))) return
      // #endif
      notSlow = clock.after(SLOW_AFTER_MS, () => {
        slow.value = true
      })
      const answer = await chat.signIn(check.uid, check.token)
      if (mine !== attempt) return
      problem.value = answer
    } finally {
      if (mine === attempt) done()
    }
  }

  /** Does not wait: RTM may take seconds to end a login in progress. */
  function cancel(): void {
    attempt++
    void chat.cancelSignIn()
    done()
  }

  function isSignedIn(): boolean {
    return chat.phase === 'signed-in'
  }

  function done(): void {
    notSlow?.()
    busy.value = false
    slow.value = false
  }

  // A logged-in user, however logged in, leaves this page.
  watchEffect(() => {
    if (isSignedIn()) toConversations()
  })
  onMounted(async () => {
    problem.value ??= await chat.checkBackend()
  })
  onUnmounted(() => notSlow?.())

  return {
    uidField: uidField.view,
    uidProblem,
    uidWord: computed(() => idWord(uid.value)),
    tokenField: tokenField.view,
    tokenNote: computed(() => t(chat.backend.fetchesToken ? 'login.token.auto' : 'login.token.placeholder')),
    backend: computed(() =>
      chat.backend.kind === 'local' ? t('login.backend.local', { url: chat.backend.gatewayUrl }) : t('login.backend.agora', { appId: chat.backend.appId }),
    ),
    sdkMissing: computed(() => problem.value?.kind === 'sdk-missing'),
    busy,
    slow,
    error,
    /** The address of the page, if only a tab of its own can log in the user it names. Otherwise undefined. */
    ownTab: computed(() => (problem.value?.kind === 'framed' ? pageAddress() : undefined)),
    canSubmit,
    submit,
    cancel,
  }
}
