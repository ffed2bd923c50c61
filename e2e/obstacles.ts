import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

/** Runs in the browser. What pulses for ever is not waited for; one that is broken off has ended, too. */
const ARRIVED = `Promise.allSettled(
  document
    .getAnimations()
    .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime))
    .map(({ finished }) => finished),
).then(() => undefined)`;

/**
 * What of the page is in somebody's way, as axe finds it; all its rules by default. What is still arriving is waited
 * for: half faded in, a text has too little contrast.
 */
export async function obstacles(page: Page, rules?: string[]): Promise<string[]> {
  // On a live page more arrives while it is looked at: without motion, at once.
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.evaluate(ARRIVED);
  const axe = new AxeBuilder({ page });
  const { violations } = await (rules === undefined ? axe : axe.withRules(rules)).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${id} ${target.join(' ')}: ${failureSummary}`),
  );
}
