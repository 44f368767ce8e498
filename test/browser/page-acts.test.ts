import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { chromium, groupWith } from '../skip.ts';
import { openedPage, PATIENCE } from './opened-page.ts';

groupWith(chromium, 'the page in Chromium: what is done to it', () => {
  const opened = openedPage();
  const { text, moment, verdictsAre, open, drop, choose, complainsOfNothing } = opened;
  let page: Page;
  beforeAll(() => {
    page = opened.page();
  });

  it(
    'is driven by the keyboard',
    async () => {
      await open('lab=routed&at=0');
      await verdictsAre(6);
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction(() => !document.querySelector('.moment')?.textContent?.startsWith('0.000\u2009000'));
      const stepped = await moment();
      await page.keyboard.press('Shift+ArrowRight');
      await page.waitForFunction(
        (before) => Number(document.querySelector('.moment')?.textContent?.replace(/[^\d.]/g, '')) > before,
        stepped,
      );
      await page.keyboard.press('Home');
      expect(await moment()).toBe(0);
      await page.keyboard.press('End');
      await page.waitForFunction(
        () => Number(document.querySelector('.moment')?.textContent?.replace(/[^\d.]/g, '')) > 14,
      );
      await page.keyboard.press('?');
      await page.waitForSelector('dialog.help kbd');
      expect(await page.locator('dialog.help kbd').count()).toBeGreaterThan(15);
      await page.keyboard.press('Escape');
      await page.waitForSelector('dialog', { state: 'detached' });
      await page.keyboard.press('/');
      await page.waitForFunction(() => document.activeElement?.id === 'packet-filter');
      await page.keyboard.type('icmp && from == bob');
      await page.waitForFunction(() =>
        /^[1-9]\d* of \d+$/.test(document.querySelector('.tabs-aside .count')?.textContent ?? ''),
      );
      await page.waitForFunction(() => document.querySelectorAll('.packet-space .way').length > 2);
      const ways = await page.locator('.packet-space .packet-row .way').allInnerTexts();
      expect(ways.length).toBeGreaterThan(2);
      expect(ways.every((way) => way.startsWith('bob'))).toBe(true);
      await page.keyboard.press('Escape');
      await page.keyboard.press('t');
      expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
      await page.keyboard.press('t');
      await page.keyboard.press('e');
      await page.waitForSelector('.cm-editor');
      await page.keyboard.press('e');
      expect(await page.locator('.cm-editor').count()).toBe(0);
      await page.keyboard.press('g');
      await page.waitForSelector('dialog.gallery [data-lab="manual-keys"]');
      await page.keyboard.press('Escape');
      await page.waitForSelector('dialog', { state: 'detached' });
    },
    PATIENCE * 2,
  );

  it(
    'acts on nodes and links just after the instant that is shown, takes it back, and writes it down',
    async () => {
      await open('lab=nat-home&at=6.5');
      await verdictsAre(9);
      await choose('home');
      await page.waitForSelector('[data-act="nat: flush"]');
      const mapped = () => page.locator('.node-panel .table', { hasText: 'NAT mappings' }).locator('tbody tr').count();
      await page.waitForFunction(() => document.querySelectorAll('.node-panel .table').length > 4);
      const before = await mapped();
      expect(before).toBeGreaterThan(2);
      await page.click('[data-act="nat: flush"]');
      // The forwarded port is no mapping of chance: it stays.
      await page.waitForFunction(() =>
        [...document.querySelectorAll('.node-panel .table')].some(
          (table) => /NAT mappings/.test(table.textContent ?? '') && table.querySelectorAll('tbody tr').length === 1,
        ),
      );
      await page.locator('.dock [role="tab"]', { hasText: 'Actions' }).click();
      expect(await page.locator('.deed', { hasText: 'entered' }).innerText()).toMatch(
        /6\.500[\s\S]*home[\s\S]*nat: flush/,
      );
      await page.waitForSelector('[data-deed="write"]');
      await page.click('[aria-label="Export"]');
      const [download] = await Promise.all([page.waitForEvent('download'), page.click('[data-out="topology"]')]);
      expect(readFileSync(await download.path(), 'utf8')).toContain('{ at: 6.500000001s, node: home, nat: flush }');
      await page.fill('.act-line input', 'nat: flsh');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.act-wrong');
      expect(await text('.act-wrong')).toMatch(/did you mean `flush`/);
      await page.keyboard.press('Escape');
      await page.keyboard.press('u');
      await page.waitForFunction(() => document.querySelectorAll('.deed-undo').length === 0);
      await choose('home');
      await page.waitForFunction(() => document.querySelectorAll('.node-panel .table').length > 4);
      expect(await mapped()).toBe(before);
      await page.click('[data-link="home:wan -- isp:home"]');
      await page.click('[data-act="set: { up: false }"]');
      await page.waitForSelector('[data-act="set: { up: true }"]');
      await page.waitForFunction(() => document.querySelector('.header .tally.tone-failed') !== null);
      await page.keyboard.press('u');
      await page.waitForFunction(() => document.querySelector('.header .tally.tone-good') !== null);
      await choose('home');
      await page.click('.take-out summary');
      await page.click('[data-plugin="out nat"]');
      await page.waitForSelector('[data-act="plugin: nat, set: in"]');
      await page.waitForFunction(() => document.querySelector('.header .tally.tone-failed') !== null);
      expect(await text('.deeds')).toContain('plugin: nat, set: out');
      await page.keyboard.press('u');
      await page.waitForFunction(() => document.querySelector('.header .tally.tone-good') !== null);
      await page.click('.run-without summary');
      await page.click('[data-plugin="without nat"]');
      await page.waitForFunction(() => document.querySelector('.header .tally.tone-failed') !== null);
      expect(await text('.deeds-head')).toContain('without home/nat');
      await page.keyboard.press('u');
      await page.waitForFunction(() => document.querySelector('.header .tally.tone-good') !== null);
      await page.locator('.dock [role="tab"]', { hasText: 'Packets' }).click();
    },
    PATIENCE * 2,
  );

  it(
    'opens the actions of a node or link on the canvas, by keyboard as by the second button, and runs them',
    async () => {
      await open('lab=nat-home&at=6.5');
      await verdictsAre(9);
      await page.evaluate(() => document.querySelector<HTMLElement>('.walk [tabindex="0"]')?.focus());
      // Walked through from the first node on.
      const walked = () => page.evaluate(() => document.activeElement?.textContent ?? '');
      for (let at = 0; at < 12 && (await walked()) !== 'home, nat'; at++) await page.keyboard.press('ArrowDown');
      await page.locator('.node-panel h2', { hasText: /^home$/ }).waitFor();
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('home, nat');
      const titles = (list: string) => page.locator(list).allInnerTexts();
      await page.waitForSelector('[data-act="nat: flush"]');
      await page.keyboard.press('Shift+F10');
      await page.waitForSelector('[role="menu"].context-menu');
      const shown = await titles('.context-menu [data-menu-act]');
      expect(shown).toContain('Forget all mappings');
      expect(shown).toEqual(await titles('.node-panel > .acts > .act-row .act'));
      const menu = (await page.locator('.context-menu').boundingBox()) as { x: number; y: number };
      await page.keyboard.press('f');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Forget all mappings');
      await page.keyboard.press('Enter');
      await page.waitForSelector('.message');
      expect(await text('.message')).toBe('home: Forget all mappings. Undo with u.');
      // The focus is back where it was: the key is the page's again.
      expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('home, nat');
      await page.keyboard.press('u');
      await page.waitForFunction(() => /Undone/.test(document.querySelector('.message')?.textContent ?? ''));
      await page.mouse.click(menu.x - 8, menu.y - 8, { button: 'right' });
      await page.waitForSelector('.context-menu');
      expect(await page.locator('.context-menu').getAttribute('aria-label')).toBe('Actions of home');
      // What is to be filled in goes to the inspector first.
      await page.locator('.context-menu button', { hasText: /^Ping/ }).click();
      await page.waitForFunction(() =>
        document.querySelector<HTMLInputElement>('.act-line input')?.value.startsWith('ping'),
      );
      await page.locator('.walk button', { hasText: 'home:wan -- isp:home' }).evaluate((one) => {
        (one as HTMLElement).focus();
        (one as HTMLElement).click();
      });
      await page.keyboard.press('ContextMenu');
      await page.waitForSelector('.context-menu');
      await page.locator('.context-menu button', { hasText: /^Cut$/ }).click();
      await page.waitForFunction(() => document.querySelector('.header .tally.tone-failed') !== null);
      await page.keyboard.press('u');
      await page.waitForFunction(() => document.querySelector('.header .tally.tone-good') !== null);
    },
    PATIENCE * 2,
  );

  it(
    'opens the menu under a finger that rests, and none under one that moves or goes',
    async () => {
      await open('lab=nat-home&at=6.5');
      await verdictsAre(9);
      await page.evaluate(() => document.querySelector<HTMLElement>('.walk [tabindex="0"]')?.focus());
      const walked = () => page.evaluate(() => document.activeElement?.textContent ?? '');
      for (let at = 0; at < 12 && (await walked()) !== 'home, nat'; at++) await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Shift+F10');
      await page.waitForSelector('.context-menu');
      const menu = (await page.locator('.context-menu').boundingBox()) as { x: number; y: number };
      await page.keyboard.press('Escape');
      await page.waitForSelector('.context-menu', { state: 'detached' });
      const finger = await page.context().newCDPSession(page);
      await finger.send('Emulation.setTouchEmulationEnabled', { enabled: true });
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...points: { x: number; y: number }[]) =>
        finger.send('Input.dispatchTouchEvent', { type, touchPoints: points });
      const node = { x: menu.x - 8, y: menu.y - 8 };
      const menus = () => page.locator('.context-menu').count();
      // A tap chooses, a moving finger drags: no menu comes of them, however long one waits.
      await touch('touchStart', node);
      await touch('touchEnd');
      await page.waitForTimeout(900);
      expect(await menus()).toBe(0);
      await touch('touchStart', node);
      await touch('touchMove', { x: node.x + 30, y: node.y + 10 });
      await page.waitForTimeout(900);
      expect(await menus()).toBe(0);
      await touch('touchMove', node);
      await touch('touchEnd');
      await touch('touchStart', node);
      await page.waitForSelector('.context-menu');
      await touch('touchEnd');
      await page.waitForTimeout(300);
      expect(await page.locator('.context-menu').getAttribute('aria-label')).toBe('Actions of home');
      const act = page.locator('.context-menu button', { hasText: 'Forget all mappings' });
      const box = (await act.boundingBox()) as { x: number; y: number; width: number; height: number };
      await touch('touchStart', { x: box.x + box.width / 2, y: box.y + box.height / 2 });
      await touch('touchEnd');
      await page.waitForFunction(() =>
        /Forget all mappings/.test(document.querySelector('.message')?.textContent ?? ''),
      );
      expect(await menus()).toBe(0);
      await page.keyboard.press('u');
      await page.waitForFunction(() => /Undone/.test(document.querySelector('.message')?.textContent ?? ''));
      await finger.send('Emulation.setTouchEmulationEnabled', { enabled: false });
    },
    PATIENCE * 2,
  );

  it(
    'leaves the running lab as it was when a file is broken, and says what is wrong and where',
    async () => {
      await open('lab=routed&at=1.004');
      await verdictsAre(6);
      const before = { title: await page.title(), moment: await moment(), count: await text('.tabs-aside .count') };
      await drop('broken.yaml', 'name: Broken\nnodes:\n  a: { kind: hots, interfaces: { eth0: 10.0.0.1/24 } }\n');
      await page.waitForSelector('.message');
      expect(await text('.message')).toMatch(/^broken\.yaml was not opened/);
      expect(await page.title()).toBe(before.title);
      expect(await moment()).toBe(before.moment);
      expect(await text('.tabs-aside .count')).toBe(before.count);
      await page.keyboard.press('e');
      await page.waitForSelector('.editor-foot .mistake');
      expect(await page.locator('.editor-foot').innerText()).toMatch(/3:\d+[\s\S]*host/);
      expect(await page.locator('.verdict').count()).toBe(6);
      await page.keyboard.press('e');
    },
    PATIENCE * 2,
  );

  it(
    'runs what is typed in the editor, and marks what cannot be run at its place',
    async () => {
      await open('lab=routed&at=0');
      await verdictsAre(6);
      await page.keyboard.press('e');
      await page.waitForSelector('.cm-content');
      const line = page.locator('.cm-line', { hasText: /^name:/ });
      await line.click();
      await page.keyboard.press('End');
      await page.keyboard.type(', edited');
      await page.waitForFunction(() => document.title.startsWith('A plain routed network, edited'));
      await page.keyboard.press('Home');
      await page.keyboard.type('x');
      await page.waitForSelector('.cm-lintRange-error');
      expect(await page.title()).toMatch(/^A plain routed network, edited/);
      expect(await page.locator('.editor-foot .mistake').count()).toBeGreaterThan(0);
      await page.keyboard.press('Backspace');
      await page.waitForFunction(() => document.querySelector('.cm-lintRange-error') === null);
    },
    PATIENCE * 2,
  );

  it(
    'puts nothing from a topology in as HTML',
    async () => {
      await open('lab=routed&at=0');
      const evil = '<img src=x onerror="document.title=1"><b id=evil>bold</b>';
      await drop(
        'evil.yaml',
        `name: '${evil}'\nabout: '${evil}'\nnodes:\n  a: { kind: host, interfaces: { eth0: 10.0.0.1/24 } }\n  b: { kind: host, interfaces: { eth0: 10.0.0.2/24 } }\nlinks: [a:eth0 -- b:eth0]\ntimeline:\n  - { at: 1s, node: a, ping: 10.0.0.2 }\n`,
      );
      await page.waitForFunction(() => document.querySelector('.verdicts h2')?.textContent?.includes('<img'));
      expect(await page.locator('#evil, .page img').count()).toBe(0);
    },
    PATIENCE * 2,
  );

  complainsOfNothing();
});
