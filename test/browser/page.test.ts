import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page, Response } from 'playwright-core';
import { readCapture } from '../../core/capture/index.ts';
import { plugins } from '../../plugins/index.ts';
import { holdLab } from '../../workers/hold-lab.ts';
import { createHost } from '../../workers/host.ts';
import { chromium, groupWith, repositoryRoot } from '../skip.ts';
import { builtPage } from './built-page.ts';
import { listenForComplaints, startChromium } from './chromium.ts';
import { type StaticServer, serve } from './static-server.ts';

/** The page is served below a path, as on hosts where it does not have the root. */
const PATH = '/some/where/';
const PATIENCE = 60_000;
const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8');

/** A lab run to its end in this thread, with the plugins that the page has too. */
async function runHere(name: string) {
  const lab = holdLab(createHost(plugins));
  const loaded = await lab.load(read(`topologies/${name}/topology.yaml`), { kinds: read('topologies/kinds.yaml') });
  expect(loaded.diagnostics).toEqual([]);
  let progress = await lab.advance();
  while (!progress.ended) progress = await lab.advance();
  return { progress, capture: await lab.capture(), verdicts: await lab.verdicts() };
}

groupWith(chromium, 'the page in Chromium', () => {
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
  const moment = async () => Number((await text('.moment')).replace(/[^\d.]/g, ''));
  const verdictsAre = async (count: number) => {
    await page.waitForFunction(
      (wanted) => document.querySelectorAll('[data-verdict="held"],[data-verdict="failed"]').length === wanted,
      count,
    );
  };

  /** Opens a lab by its link, in a page that forgets what was before. */
  async function open(fragment: string): Promise<void> {
    await page.goto('about:blank');
    await page.goto(`${server.origin}${PATH}#${fragment}`);
    await page.waitForSelector('.stage-canvas canvas');
  }

  async function drop(name: string, content: string): Promise<void> {
    await page.evaluate(
      ([fileName, body]) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([body as string], fileName as string));
        document.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      },
      [name, content],
    );
  }

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
    'loads at most 450 KB of compressed script for its first view, and the editor only when it is opened',
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
        expect(first).toBeLessThan(450_000);
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

  const choose = (node: string) =>
    page.evaluate((name) => {
      for (const button of document.querySelectorAll<HTMLButtonElement>('.stage li button')) {
        if (button.textContent?.startsWith(`${name},`)) button.click();
      }
    }, node);

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

  it(
    'speaks the language of the browser, or the one that was chosen',
    async () => {
      const other = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'ja-JP' });
      try {
        await other.goto(`${server.origin}${PATH}#lab=routed&at=0`);
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

  it('has complained of nothing, and asked nobody else for anything', () => {
    expect(complaints).toEqual([]);
  });

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
