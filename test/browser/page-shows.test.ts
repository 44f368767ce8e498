import { beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { chromium, groupWith } from '../skip.ts';
import { openedPage, PATIENCE, runHere } from './opened-page.ts';

groupWith(chromium, 'the page in Chromium: what it shows', () => {
  const opened = openedPage();
  const { text, moment, verdictsAre, open, choose, complainsOfNothing } = opened;
  let page: Page;
  beforeAll(() => {
    page = opened.page();
  });

  it(
    'draws the network and moves the frames while time runs',
    async () => {
      await open('lab=site-to-site&at=0.0052');
      await page.waitForFunction(() => document.querySelector<HTMLElement>('.stage-canvas')?.dataset.flights === '2');
      const look = async () => {
        const picture = await page.locator('.stage').screenshot();
        return page.evaluate(async (base64) => {
          const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
          const image = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
          const canvas = document.createElement('canvas');
          canvas.width = image.width;
          canvas.height = image.height;
          const pen = canvas.getContext('2d') as CanvasRenderingContext2D;
          pen.drawImage(image, 0, 0);
          const { data } = pen.getImageData(0, 0, image.width, image.height);
          const colours = new Set<number>();
          let inked = 0;
          let sum = 0;
          for (let at = 0; at < data.length; at += 4) {
            const colour = ((data[at] as number) << 16) | ((data[at + 1] as number) << 8) | (data[at + 2] as number);
            colours.add(colour);
            if (colour === 0xfbfaf5) continue;
            inked++;
            sum = (sum * 31 + colour + at) % 1_000_000_007;
          }
          return { colours: colours.size, inked: inked / (data.length / 4), sum };
        }, picture.toString('base64'));
      };
      const before = await look();
      expect(before.colours).toBeGreaterThan(40);
      // Lines and words on paper: neither an empty sheet nor a full one.
      expect(before.inked).toBeGreaterThan(0.004);
      expect(before.inked).toBeLessThan(0.3);
      expect((await look()).sum).toBe(before.sum);
      await page.keyboard.press('Space');
      await page.waitForFunction(() => document.querySelector('.moment')?.textContent?.startsWith('0.005') === false);
      await page.keyboard.press('Space');
      expect((await look()).sum).not.toBe(before.sum);
      const cost = await page.locator('.stage-canvas').evaluate((stage) => ({ ...(stage as HTMLElement).dataset }));
      expect(Number(cost.meanCost)).toBeGreaterThan(0);
    },
    PATIENCE * 2,
  );

  it(
    'takes a packet apart: the line under the pointer lights its octets, an octet lights its line',
    async () => {
      await open('lab=site-to-site&at=1');
      await page.fill('#packet-filter', 'esp');
      await page.waitForFunction(() =>
        /^[1-9]\d* of \d+$/.test(document.querySelector('.tabs-aside .count')?.textContent ?? ''),
      );
      await page.locator('.packet-space .packet-row').first().click();
      await page.waitForSelector('.tree-line');
      // The key log opens it, and says whose key it was.
      expect(await page.locator('.tree-line.opened').count()).toBe(1);
      expect(await text('.tree-line.opened')).toMatch(/^Opened by /);
      await page.locator('.tree-line.layer', { hasText: 'Internet Protocol' }).first().click();
      const line = page.locator('.tree-line.field', { hasText: 'Destination address' }).first();
      const address = await line.locator('.value').innerText();
      await line.hover();
      await page.waitForSelector('.hex .octets .lit');
      const lit = await page.locator('.hex .octets .lit').allInnerTexts();
      expect(lit.map((octet) => Number.parseInt(octet, 16)).join('.')).toBe(address);
      // Octets 12 and 13 of the frame are its type.
      await page.locator('.hex-views button').first().click();
      await page.locator('.hex .octets [data-at="12"]').hover();
      // Its layer is folded, so the layer is lit; unfolded, the line itself.
      await page.waitForSelector('.tree-line.lit');
      expect(await text('.tree-line.lit strong')).toMatch(/^Ethernet/);
      await page.locator('.tree-line.layer').first().click();
      await page.locator('.hex .octets [data-at="12"]').hover();
      await page.waitForSelector('.tree-line.lit .label');
      expect(await text('.tree-line.lit .label')).toBe('Type');
      expect(await page.locator('.hex .octets .lit').allInnerTexts()).toEqual(['08', '00']);
    },
    PATIENCE * 2,
  );

  it(
    'scrubs both ways, and shows a node as it was then',
    async () => {
      await open('lab=site-to-site&at=0');
      await verdictsAre((await runHere('site-to-site')).verdicts.length);
      const strip = (await page.locator('.timeline-strip').boundingBox()) as { x: number; y: number; width: number };
      const press = (part: number) => page.mouse.click(strip.x + strip.width * part, strip.y + 40);
      await page.evaluate(() => {
        for (const button of document.querySelectorAll<HTMLButtonElement>('.stage li button')) {
          if (button.textContent?.startsWith('gw-a,')) button.click();
        }
      });
      const tables = async () => {
        const at = (await text('.moment')).replace(/[^\d.]/g, '');
        await page.waitForFunction(
          (wanted) =>
            document.querySelector('.node-panel .about .mono')?.textContent?.replace(/[^\d.]/g, '') === wanted,
          at,
        );
        return page.locator('.node-panel').innerText();
      };
      const first = await tables();
      await press(0.2);
      const later = await moment();
      expect(later).toBeGreaterThan(1);
      const second = await tables();
      expect(second).not.toBe(first);
      await press(0);
      expect(await moment()).toBeLessThan(0.1);
      await page.keyboard.press('Home');
      expect(await tables()).toBe(first);
    },
    PATIENCE * 2,
  );

  it(
    'shows a lane for each node, walks along it, and maps what is out of view',
    async () => {
      await open('lab=nat-home&at=0');
      await verdictsAre(9);
      await page.keyboard.press('v');
      await page.waitForSelector('[data-lane="home"]');
      expect(await page.locator('[data-lane="home"]').getAttribute('aria-label')).toMatch(
        /^home: \d+ notes, 2 drops, 0/,
      );
      expect(await page.locator('[data-lane="floor"]').count()).toBe(0);
      await page.focus('[data-lane="home"]');
      const seen: number[] = [];
      for (let at = 0; at < 3; at++) {
        const before = await moment();
        await page.keyboard.press('ArrowRight');
        await page.waitForFunction(
          (then) => Number(document.querySelector('.moment')?.textContent?.replace(/[^\d.]/g, '')) > then,
          before,
        );
        await page.waitForFunction(() => /home/.test(document.querySelector('.packet-panel')?.textContent ?? ''));
        seen.push(await moment());
      }
      await page.keyboard.press('ArrowLeft');
      await page.waitForFunction(
        (then) => Number(document.querySelector('.moment')?.textContent?.replace(/[^\d.]/g, '')) === then,
        seen[1],
      );
      // What lasted has a bar below the marks, which says so under the pointer.
      await page.waitForFunction(() =>
        /[1-9]\d* bars/.test(document.querySelector('[data-lane="home"]')?.ariaLabel ?? ''),
      );
      const bars = page.locator('[data-lane="home"]');
      const under = (await bars.boundingBox()) as { x: number; y: number; width: number; height: number };
      expect(under.height).toBeGreaterThan(20);
      for (let part = 0.02; part < 1 && !/^NAT mapping/.test((await bars.getAttribute('title')) ?? ''); part += 0.02) {
        await page.mouse.move(under.x + part * under.width, under.y + 20);
      }
      expect(await bars.getAttribute('title')).toMatch(/^NAT mapping (UDP|ICMP) \S+.*: from [\d.\u2009]+/);
      const lane = (await page.locator('[data-lane="home"]').boundingBox()) as { x: number; y: number; width: number };
      const strip = (await page.locator('.timeline-strip').boundingBox()) as { x: number; width: number };
      expect(lane.width).toBeCloseTo(strip.width, 0);
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      expect(await page.locator('.minimap').isHidden()).toBe(true);
      for (let at = 0; at < 5; at++) {
        await page.keyboard.press('+');
        await page.waitForTimeout(400);
      }
      await page.waitForSelector('.minimap:not([hidden])');
      const picture = () => page.locator('.stage').screenshot();
      const before = await picture();
      const map = (await page.locator('.minimap').boundingBox()) as { x: number; y: number };
      await page.mouse.click(map.x + 20, map.y + 40);
      await page.waitForTimeout(300);
      expect(before.equals(await picture())).toBe(false);
      await page.keyboard.press('f');
      await page.waitForSelector('.minimap', { state: 'hidden' });
      await page.keyboard.press('v');
    },
    PATIENCE * 2,
  );

  it(
    'leaves every pane its room on a narrow screen with all of them open',
    async () => {
      await page.setViewportSize({ width: 1024, height: 700 });
      try {
        await open('lab=site-to-site&at=1.0056');
        await page.keyboard.press('e');
        await page.waitForSelector('.cm-content');
        const box = async (selector: string) => {
          const found = await page.locator(selector).boundingBox();
          return { left: found?.x ?? 0, right: (found?.x ?? 0) + (found?.width ?? 0) };
        };
        const centre = await box('.centre');
        expect(centre.right - centre.left).toBeGreaterThanOrEqual(399);
        expect((await box('.inspector')).right).toBeLessThanOrEqual(1024);
        for (const within of ['.transport', '.timeline-strip', '.dock .search', '.packet-view']) {
          const one = await box(within);
          expect([within, one.left >= centre.left, one.right <= centre.right]).toEqual([within, true, true]);
        }
        await page.keyboard.press('e');
      } finally {
        await page.setViewportSize({ width: 1280, height: 800 });
      }
    },
    PATIENCE * 2,
  );

  it(
    'marks what a translation changed, and leads from the frame before to the frame after',
    async () => {
      await open('lab=nat-t-tunnel&at=30');
      await verdictsAre(11);
      await choose('home');
      await page.waitForSelector('td .left');
      await page.keyboard.press('l');
      const rung = page.locator('button.rung.of-message').first();
      await rung.click();
      await page.waitForSelector('.rewriting');
      expect(await text('.ladder-head')).toMatch(/laptop\s+home\s+isp\s+gateway/);
      expect(await rung.innerText()).toMatch(/IKE_SA_INIT request 0[\s\S]*SA {2}KE {2}Nonce[\s\S]*begins office/);
      const octets = () => page.locator('.hex .octets .changed').allInnerTexts();
      const before = await octets();
      await page.click('[data-frame="after"]');
      await page.waitForSelector('[data-frame="before"]');
      const after = await octets();
      expect([before.length, after.length]).toEqual([10, 10]);
      expect(after).not.toEqual(before);
      await choose('laptop');
      await page.waitForSelector('.chart .state');
      const lit = () =>
        page.locator('.chart .state.lit').evaluateAll((all) => all.map((one) => (one as SVGElement).dataset.state));
      expect(await lit()).toEqual(['init-sent']);
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.keyboard.press('End');
      await page.waitForFunction(
        () => document.querySelector('.chart .state.lit')?.getAttribute('data-state') === 'established',
      );
      await page.focus('.chart [data-state="closed"]');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.querySelector('.chart h4')?.textContent === 'From closed');
      await rung.focus();
      await page.keyboard.press('ArrowDown');
      await page.waitForFunction(() => document.activeElement?.getAttribute('aria-current') === 'true');
      expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch(/IKE_SA_INIT/);
      await page.keyboard.press('l');
    },
    PATIENCE * 2,
  );

  it(
    'gives every control a name',
    async () => {
      await open('lab=site-to-site&at=0');
      await verdictsAre((await runHere('site-to-site')).verdicts.length);
      await page.keyboard.press('e');
      await page.waitForSelector('.cm-content');
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('.page button, .page input, .page select, .page [role="slider"]')]
          .filter((one) => {
            const label = one.getAttribute('aria-label') ?? one.closest('label')?.textContent ?? one.textContent ?? '';
            return label.trim() === '';
          })
          .map((one) => one.outerHTML.slice(0, 120)),
      );
      expect(nameless).toEqual([]);
      await page.keyboard.press('e');
    },
    PATIENCE * 2,
  );

  complainsOfNothing();
});
