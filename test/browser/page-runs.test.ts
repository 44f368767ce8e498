import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { beforeAll, expect, it } from '@jest/globals';
import type { Page, Response } from 'playwright-core';
import { readCapture } from '../../core/capture/index.ts';
import { chromium, groupWith } from '../skip.ts';
import { openedPage, PATH, PATIENCE, runHere } from './opened-page.ts';

groupWith(chromium, 'the page in Chromium: what it runs', () => {
  const opened = openedPage();
  const { text, verdictsAre, open, drop, complainsOfNothing } = opened;
  let page: Page;
  beforeAll(() => {
    page = opened.page();
  });

  it(
    'runs a lab to its end from a sub-path, with the verdicts of the same run in Node',
    async () => {
      const here = await runHere('site-to-site');
      await open('lab=site-to-site');
      await verdictsAre(here.verdicts.length);
      const shown = await page.locator('.verdict').evaluateAll((items) =>
        items.map((item) => ({
          held: (item as HTMLElement).dataset.verdict === 'held',
          evidence: item.querySelector('.evidence')?.textContent,
        })),
      );
      expect(shown).toEqual(here.verdicts.map(({ held, evidence }) => ({ held, evidence })));
      expect(shown.every(({ held }) => held)).toBe(true);
      expect(await text('.tabs-aside .count')).toBe(`${here.progress.frames} frames`);
    },
    PATIENCE * 2,
  );

  it.each(['site-to-site', 'routed', 'manual-keys'])(
    'computes the frames of %s byte for byte as Node does',
    async (name) => {
      const here = await runHere(name);
      await open(`lab=${name}`);
      await verdictsAre(here.verdicts.length);
      await page.click('[aria-label="Export"]');
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-out="pcapng"]')]);
      expect(download.suggestedFilename()).toBe(`${name}.pcapng`);
      const bytes = readFileSync(await download.path());
      expect(here.progress.frames).toBeGreaterThan(10);
      expect(Buffer.compare(bytes, here.capture)).toBe(0);
      const { name: link } = readCapture(here.capture).interfaces[1] as { name: string };
      await page.click('[aria-label="Export"]');
      await page.selectOption('[aria-label="Links of the capture"]', link);
      const [one] = await Promise.all([page.waitForEvent('download'), page.click('[data-out="pcapng"]')]);
      const ofOne = readCapture(readFileSync(await one.path()));
      expect(one.suggestedFilename()).toBe(`${name}-${link.replace(/[^a-z0-9]+/g, '-')}.pcapng`);
      expect(ofOne.interfaces.map((face) => face.name)).toEqual([link]);
      const theirs = readCapture(bytes).packets.filter((packet) => packet.interface === 1);
      expect(ofOne.packets.map((packet) => Buffer.from(packet.bytes).toString('hex'))).toEqual(
        theirs.map((packet) => Buffer.from(packet.bytes).toString('hex')),
      );
    },
    PATIENCE * 2,
  );

  it(
    'loads at most 500 KB of compressed script for its first view, and the editor only when it is opened',
    async () => {
      const scripts = new Map<string, number>();
      const note = async (response: Response) => {
        if (!response.url().endsWith('.js')) return;
        scripts.set(new URL(response.url()).pathname, brotliCompressSync(await response.body()).length);
      };
      page.on('response', note);
      try {
        await open('lab=routed&at=0');
        await verdictsAre(6);
        const first = [...scripts.values()].reduce((sum, size) => sum + size, 0);
        expect(first).toBeGreaterThan(100_000);
        expect(first).toBeLessThan(500_000);
        await page.keyboard.press('e');
        await page.waitForSelector('.cm-content');
        const all = [...scripts.values()].reduce((sum, size) => sum + size, 0);
        expect(all - first).toBeGreaterThan(50_000);
      } finally {
        // A later answer has nobody who waits for it.
        page.off('response', note);
      }
      await page.keyboard.press('e');
    },
    PATIENCE * 2,
  );

  it(
    'carries lab, seed and moment in its address, and an own topology as a whole',
    async () => {
      await open('lab=routed&seed=42&at=1.0045');
      await page.waitForFunction(() => document.querySelector('.moment')?.textContent?.startsWith('1.004'));
      await page.waitForFunction(() => location.hash.includes('seed=42') && location.hash.includes('at=1.0045'));
      await drop(
        'own.yaml',
        `name: Of my own\nnodes:\n  a: { kind: host, interfaces: { eth0: 10.0.0.1/24 } }\n  b: { kind: host, interfaces: { eth0: 10.0.0.2/24 } }\nlinks: [a:eth0 -- b:eth0]\n`,
      );
      await page.waitForFunction(() => document.title.startsWith('Of my own'));
      await page.keyboard.press('Home');
      await page.waitForFunction(() => location.hash.startsWith('#topology='));
      await open((await page.evaluate(() => location.hash)).slice(1));
      await page.waitForFunction(() => document.title.startsWith('Of my own'));
    },
    PATIENCE * 2,
  );

  it(
    'speaks the language of the browser, or the one that was chosen',
    async () => {
      const other = await opened.browser().newPage({ viewport: { width: 1280, height: 800 }, locale: 'ja-JP' });
      try {
        await other.goto(`${opened.origin()}${PATH}#lab=routed&at=0`);
        const tab = (words: string) =>
          other.waitForFunction(
            (wanted) => document.querySelector('.dock [role="tab"]')?.textContent === wanted,
            words,
            { timeout: PATIENCE },
          );
        await tab('パケット');
        expect(await other.evaluate(() => document.documentElement.lang)).toBe('ja');
        await other.waitForSelector('.stage-canvas canvas');
        await other.keyboard.press('?');
        await other.selectOption('.language select', 'en');
        await tab('Packets');
        await other.reload();
        await tab('Packets');
        expect(await other.evaluate(() => document.documentElement.lang)).toBe('en');
      } finally {
        await other.close();
      }
    },
    PATIENCE * 2,
  );

  complainsOfNothing();

  it(
    'says so when the worker breaks, and starts again with the same lab',
    async () => {
      await open('lab=routed&at=0');
      await verdictsAre(6);
      const [worker] = page.workers();
      await worker?.evaluate(() => {
        setTimeout(() => {
          throw new Error('out of breath');
        }, 0);
      });
      await page.waitForSelector('.message.trouble');
      expect(await text('.message.trouble')).toMatch(/out of breath/);
      await page.click('.message.trouble button');
      await page.waitForFunction(() => document.querySelector('.message.trouble') === null);
      await verdictsAre(6);
    },
    PATIENCE * 2,
  );
});
