import { expect, type Page, test } from '@playwright/test';
import { openConsole, signInFirst } from './console.ts';
import { obstacles } from './obstacles.ts';
import { startCluster } from './start-cluster.ts';

const screens = [
  '/',
  '/servers',
  '/servers?add=1',
  '/tasks',
  '/tasks/new',
  '/runs',
  '/snapshots',
  '/nodes',
  '/repositories',
  '/network',
  '/settings/notifications',
  '/settings/users',
  '/settings/tokens',
  '/settings/keys',
  '/settings/about',
];

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page.locator('h1').first()).toBeVisible();
  await expect(page.locator('main .animate-pulse')).toHaveCount(0);
}

test('every screen: for everybody, on a phone, in both themes and languages, without a console error', async () => {
  // Some forty pages, each looked at as a whole.
  test.slow();
  const cluster = await startCluster();
  const { page, context, errors, close } = await openConsole();
  try {
    await signInFirst(page, cluster.url, cluster.admin);
    const choose = (name: string, value: string) =>
      context.addCookies([{ name: `breakwater-${name}`, value, url: cluster.url }]);

    await choose('theme', 'light');
    for (const path of screens) {
      await open(page, cluster.url + path);
      expect(await obstacles(page), path).toEqual([]);
    }
    // The themes differ in nothing but colours.
    await choose('theme', 'dark');
    for (const path of screens) {
      await open(page, cluster.url + path);
      expect(await obstacles(page, ['color-contrast']), `${path}, dark`).toEqual([]);
    }

    await choose('language', 'zh-CN');
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of screens) {
      await open(page, cluster.url + path);
      await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
      const wider = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(wider, `${path} is wider than a phone by, in px`).toBe(0);
    }

    await choose('language', 'en');
    await page.setViewportSize({ width: 1440, height: 900 });
    await test.step('a dialog keeps the focus, and gives it back to where it was', async () => {
      await open(page, `${cluster.url}/nodes`);
      const opener = page.getByRole('button', { name: 'Add a node' });
      await opener.focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await expect(dialog.getByLabel('Name')).toBeFocused();
      for (let step = 0; step < 8; step += 1) {
        await page.keyboard.press('Tab');
        await expect(dialog.locator(':focus')).toHaveCount(1);
      }
      await page.keyboard.press('Escape');
      await expect(dialog).toHaveCount(0);
      await expect(opener).toBeFocused();
    });
    expect(errors).toEqual([]);
  } finally {
    await close();
    await cluster.stop();
  }
});
