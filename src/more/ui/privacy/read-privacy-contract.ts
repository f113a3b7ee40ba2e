import { openPrivacyContract } from '@/src/platform/ask'
import { tellRefusal } from '@/src/ui/shared/refusal-text'
import { WORDS } from './words'

/** Opens the privacy guideline. Shows why if it cannot. */
export async function readPrivacyContract(): Promise<void> {
  const opened = await openPrivacyContract()
  if (!opened.ok) await tellRefusal(WORDS['contract.refused'], opened)
}
