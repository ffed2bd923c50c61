import { type BrowserContext, expect, type Page } from '@playwright/test';
import { startBrowser } from './start-browser.ts';

export const NEW_PASSWORD = 'correct horse battery staple';

/** A browser page that remembers every console error: one of them fails the test that looks. */
export async function openConsole(): Promise<{
  page: Page;
  context: BrowserContext;
  errors: string[];
  close(): Promise<void>;
}> {
  const { browser, close } = await startBrowser();
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    timezoneId: 'Europe/Berlin',
    acceptDownloads: true,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`);
  });
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  return { page, context, errors, close };
}

/** First sign-in: the one-time password, then one of one's own. */
export async function signInFirst(
  page: Page,
  url: string,
  admin: { email: string; password: string },
): Promise<void> {
  await page.goto(url);
  await page.getByLabel('E-mail').fill(admin.email);
  await page.getByLabel('Password').fill(admin.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByLabel('Current password').fill(admin.password);
  await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
  await page.getByLabel('New password again').fill(NEW_PASSWORD);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
}
