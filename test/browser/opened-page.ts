import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { plugins } from '../../plugins/index.ts';
import { holdLab } from '../../workers/hold-lab.ts';
import { createHost } from '../../workers/host.ts';
import { repositoryRoot } from '../skip.ts';
import { builtPage } from './built-page.ts';
import { listenForComplaints, startChromium } from './chromium.ts';
import { type StaticServer, serve } from './static-server.ts';

/** The page is served below a path, as on hosts where it does not have the root. */
export const PATH = '/some/where/';
export const PATIENCE = 60_000;

export const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');

/** A lab run to its end in this thread, with the plugins that the page has too. */
export async function runHere(name: string) {
  const lab = holdLab(createHost(plugins));
  const loaded = await lab.load(read(`topologies/${name}/topology.yaml`), { kinds: read('topologies/kinds.yaml') });
  expect(loaded.diagnostics).toEqual([]);
  let progress = await lab.advance();
  while (!progress.ended) progress = await lab.advance();
  return { progress, capture: await lab.capture(), verdicts: await lab.verdicts() };
}

/** The page in a Chromium of this suite's own, from before its first test to after its last, and what tests do with it. */
export function openedPage() {
  let browser: Browser;
  let server: StaticServer;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    server = await serve(await builtPage(), PATH);
    browser = await startChromium();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
    page.setDefaultTimeout(PATIENCE);
    complaints = listenForComplaints(page, server.origin);
  }, PATIENCE * 3);

  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  const text = (selector: string) => page.locator(selector).first().innerText();
  return {
    page: () => page,
    browser: () => browser,
    origin: () => server.origin,
    text,
    moment: async () => Number((await text('.moment')).replace(/[^\d.]/g, '')),
    async verdictsAre(count: number) {
      await page.waitForFunction(
        (wanted) => document.querySelectorAll('[data-verdict="held"],[data-verdict="failed"]').length === wanted,
        count,
      );
    },
    /** Opens a lab by its link, in a page that forgets what was before. */
    async open(fragment: string): Promise<void> {
      await page.goto('about:blank');
      await page.goto(`${server.origin}${PATH}#${fragment}`);
      await page.waitForSelector('.stage-canvas canvas');
    },
    async drop(name: string, content: string): Promise<void> {
      await page.evaluate(
        ([fileName, body]) => {
          const dataTransfer = new DataTransfer();
          dataTransfer.items.add(new File([body as string], fileName as string));
          document.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
        },
        [name, content],
      );
    },
    choose: (node: string) =>
      page.evaluate((name) => {
        for (const button of document.querySelectorAll<HTMLButtonElement>('.stage li button')) {
          if (button.textContent?.startsWith(`${name},`)) button.click();
        }
      }, node),
    /** The last test before those that break something on purpose. */
    complainsOfNothing() {
      it('has complained of nothing, and asked nobody else for anything', () => {
        expect(complaints).toEqual([]);
      });
    },
  };
}
