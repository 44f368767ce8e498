// `npm run picture`: builds the page, opens it in Chromium and writes docs/images/lab.png, the picture that the README shows.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const target = join(root, 'docs/images/lab.png');
/** A second after the tunnel came up: an echo request is on its way through it. */
const SCENE = 'lab=site-to-site&at=1.0056';
const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const executablePath = EXECUTABLES.find((path) => existsSync(path));
if (executablePath === undefined) {
  process.stderr.write('picture: Chromium is not installed\n');
  process.exit(1);
}
await build({ root: join(root, 'web'), logLevel: 'error' });
const server = await preview({ root: join(root, 'web'), logLevel: 'error', preview: { host: '127.0.0.1', port: 0 } });
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage({
  viewport: { width: 1440, height: 860 },
  colorScheme: 'light',
  deviceScaleFactor: 1.5,
});
await page.goto(`${server.resolvedUrls.local[0]}#${SCENE}`);
await page.waitForSelector('[data-verdict="held"]');
await page.fill('#packet-filter', 'esp || ikev2');
await page.waitForFunction(() => /^[1-9]\d* of/.test(document.querySelector('.tabs-aside .count').textContent));
await page.waitForTimeout(500);
// The frame that is under way in the scene.
await page.locator('.packet-space .packet-row', { hasText: 'echo request' }).first().click();
await page.waitForSelector('.tree-line.opened');
await page.locator('.tree-line.opened').scrollIntoViewIfNeeded();
await page.locator('.tree-line.layer:has(.sealed)').first().hover();
await page.waitForTimeout(1500);
mkdirSync(join(root, 'docs/images'), { recursive: true });
await page.screenshot({ path: target });
await browser.close();
await server.close();
process.stdout.write(`${target}\n`);
