import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'

/** The violations that axe finds on the current page, a line for each element. */
export async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary?.replace(/\s+/g, ' ')}`))
}
