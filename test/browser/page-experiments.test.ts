import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { chromium, groupWith } from '../skip.ts';
import { openedPage, PATIENCE, read } from './opened-page.ts';

groupWith(chromium, 'the page in Chromium: experiments', () => {
  const opened = openedPage();
  const { text, open, drop, complainsOfNothing } = opened;
  let page: Page;
  beforeAll(() => {
    page = opened.page();
  });

  it(
    'runs an experiment on a pool of workers, and opens the run of a cell',
    async () => {
      await open('lab=routed&at=0');
      await page.keyboard.press('x');
      await page.selectOption('.experiment-bar select', 'proposals');
      await page.waitForSelector('.heat .cell.waits');
      expect(await page.locator('.heat .cell').count()).toBe(16);
      await page.click('[data-experiment="run"]');
      await page.waitForSelector('.experiment-bar progress');
      await page.waitForSelector('[data-experiment="run"]');
      expect(await page.locator('[data-tally]').getAttribute('data-tally')).toBe('10/16');
      expect(await page.locator('.cell.surprising').count()).toBe(0);
      const failed = page.locator('.cell.fails').first();
      expect(await failed.getAttribute('aria-label')).toMatch(
        /accepted=aes128-modp2048: fails, ikev2.no-proposal-chosen$/,
      );
      await failed.focus();
      await page.waitForFunction(() => /RFC 7296/.test(document.querySelector('.cell-details')?.textContent ?? ''));
      await page.keyboard.press('Enter');
      await page.waitForSelector('.verdict.failed');
      expect(await text('.verdict .evidence')).toMatch(/^0 of 3 answered/);
      // Cancelled, it keeps what it has.
      await page.keyboard.press('x');
      await page.click('[data-experiment="run"]');
      await page.click('[data-experiment="cancel"]');
      await page.waitForSelector('[data-experiment="run"]');
      await page.keyboard.press('Escape');
      await page.waitForSelector('dialog', { state: 'detached' });
    },
    PATIENCE * 2,
  );

  it(
    'opens an experiment of the reader, edits it, compares two cells, and hands the results over as the terminal does',
    async () => {
      await open('lab=routed&at=0');
      const words = read('topologies/experiments/proposals.yaml').replace(/^name: .*$/m, 'name: Of my own');
      await drop('own.yaml', words);
      await page.waitForSelector('.heat .cell.waits');
      const chosen = () =>
        page.locator('.experiment-bar select').evaluate((one) => (one as HTMLSelectElement).selectedOptions[0]?.text);
      expect(await chosen()).toBe('Of my own');
      // The lab is as it was.
      expect(await page.title()).toMatch(/^A plain routed network/);
      await page.click('[data-experiment="edit"]');
      await page.waitForSelector('.experiment-text .cm-content');
      await page.locator('.experiment-text .cm-line').first().focus();
      await page.locator('.experiment-text .cm-content').click({ position: { x: 60, y: 10 } });
      await page.keyboard.press('End');
      await page.keyboard.type(', changed');
      await page.waitForFunction(
        () =>
          document.querySelector<HTMLSelectElement>('.experiment-bar select')?.selectedOptions[0]?.text ===
          'Of my own, changed',
      );
      await page.keyboard.press('Home');
      await page.keyboard.type('x');
      await page.waitForSelector('.experiment-text .cm-lintRange-error');
      // What was read before stays until the mistake is mended.
      expect(await page.locator('.heat .cell').count()).toBe(16);
      expect(await page.locator('.experiments .tone-failed').first().innerText()).toMatch(/^line 1: /);
      await page.keyboard.press('Backspace');
      await page.waitForFunction(() => document.querySelector('.experiment-text .cm-lintRange-error') === null);
      await page.click('[data-experiment="edit"]');
      await page.click('[data-experiment="run"]');
      await page.waitForSelector('.experiment-bar progress');
      await page.waitForSelector('[data-experiment="run"]');
      const handed = async (ending: string) => {
        const [file] = await Promise.all([page.waitForEvent('download'), page.click(`[data-results="${ending}"]`)]);
        expect(file.suggestedFilename()).toBe(`of-my-own-changed.${ending}`);
        return readFileSync(await file.path(), 'utf8');
      };
      const json = JSON.parse(await handed('json')) as { tally: { works: number }; cells: unknown[] };
      expect([json.tally.works, json.cells.length]).toEqual([10, 16]);
      expect((await handed('csv')).trim().split('\n')).toHaveLength(17);
      expect(await handed('html')).toMatch(/^<!doctype html>[\s\S]*Of my own, changed/);
      await page.click('[data-experiment="compare"]');
      await page.click('[data-cell="0"]');
      expect(await page.locator('.cell.near').count()).toBe(6);
      await page.click('[data-cell="1"]');
      await page.waitForSelector('.compared');
      expect(await text('.compared')).toMatch(/They part at 1\.033/);
      expect(await page.locator('.compared-side').nth(1).innerText()).toMatch(/accepts none of the IKE proposals/);
      await page.click('[data-open="B"]');
      await page.waitForSelector('.verdict.failed');
      await page.waitForFunction(() => document.querySelector('.moment')?.textContent?.startsWith('1.033'));
    },
    PATIENCE * 2,
  );

  complainsOfNothing();
});
