import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from '@playwright/test';

/**
 * Starts the Chromium that came from npm. It unpacks itself into the temp folder and needs fonts told to it, so it
 * gets a temp folder of its own, which is removed with it.
 */
export async function startBrowser(): Promise<{ browser: Browser; close(): Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), 'breakwater-browser-'));
  // Read by the package at import time: makes it bring the system libraries a bare machine lacks.
  process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs22.x';
  const fonts = join(home, 'fontconfig');
  mkdirSync(join(fonts, 'cache'), { recursive: true });
  writeFileSync(join(fonts, 'fonts.conf'), fontsConf(home, join(fonts, 'cache')));
  const executablePath = await unpackInto(home);
  if (!existsSync(executablePath))
    throw new Error(`The packaged Chromium did not unpack to ${executablePath}.`);
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    // The checkout's path may have letters that Chromium cannot write in the C locale.
    downloadsPath: home,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking'],
    env: { ...process.env, FONTCONFIG_PATH: fonts, HOME: home, TMPDIR: home } as Record<string, string>,
  });
  return {
    browser,
    close: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The package unpacks into the process's temp folder, which is lent to it for that long only. */
async function unpackInto(home: string): Promise<string> {
  const usual = process.env.TMPDIR;
  process.env.TMPDIR = home;
  try {
    const { default: packaged } = await import('@sparticuz/chromium');
    return await packaged.executablePath();
  } finally {
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
  }
}

function fontsConf(home: string, cache: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${home}/fonts</dir>
  <dir>/tmp/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${cache}</cachedir>
</fontconfig>
`;
}
