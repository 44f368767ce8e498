// `npm run measure`: what the page costs on this machine, one JSON line a figure. Nothing is asserted: times depend on the machine, and
// where no GPU draws, the drawing itself does too. Script is measured by the browser's own profiler, without waiting for the GPU.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = EXECUTABLES.find((path) => existsSync(path));
if (executablePath === undefined) {
  process.stderr.write('measure: Chromium is not installed\n');
  process.exit(1);
}
const tell = (figure, values) => process.stdout.write(`${JSON.stringify({ figure, ...values })}\n`);
const rounded = (value) => Math.round(value * 1000) / 1000;

/** A tree of 501 nodes, every leaf sending through the root: some two thousand frames under way at once. */
function largeLab() {
  const routers = 20;
  const leaves = 24;
  const range = (count) => Array.from({ length: count }, (_, at) => at);
  const nodes = [
    `  core:\n    kind: router\n    interfaces: { ${range(routers)
      .map((r) => `p${r}: 10.255.${r}.1/30`)
      .join(', ')} }\n    plugins: { ipv4: { routes: [${range(routers)
      .map((r) => `{ to: 10.${r + 1}.0.0/16, via: 10.255.${r}.2 }`)
      .join(', ')}] } }`,
  ];
  const links = [];
  const timeline = [];
  for (const r of range(routers)) {
    const ports = range(leaves).map((h) => `p${h}: 10.${r + 1}.${h}.1/24`);
    nodes.push(
      `  r${r}:\n    kind: router\n    interfaces: { up: 10.255.${r}.2/30, ${ports.join(', ')} }\n    plugins: { ipv4: { gateway: 10.255.${r}.1 } }`,
    );
    links.push(`  - { endpoints: [core:p${r}, r${r}:up], delay: 20ms }`);
    for (const h of range(leaves)) {
      nodes.push(
        `  h${r}x${h}:\n    kind: host\n    interfaces: { eth0: 10.${r + 1}.${h}.2/24 }\n    plugins: { ipv4: { gateway: 10.${r + 1}.${h}.1 } }`,
      );
      links.push(`  - { endpoints: [r${r}:p${h}, h${r}x${h}:eth0], delay: 10ms }`);
      const to = `10.${((r + 7) % routers) + 1}.${h}.2`;
      timeline.push(`  - { at: 1s, node: h${r}x${h}, traffic: ${to}, rate: 400kbit/s, size: 512, count: 25 }`);
    }
  }
  const parts = { nodes, links, timeline };
  return `name: Large\nduration: 2s\n${Object.entries(parts)
    .map(([key, lines]) => `${key}:\n${lines.join('\n')}\n`)
    .join('')}`;
}

// With its names, so that the profile says what is spent on drawing.
await build({ root: join(root, 'web'), logLevel: 'error', build: { minify: false } });
const server = await preview({ root: join(root, 'web'), logLevel: 'error', preview: { host: '127.0.0.1', port: 0 } });
const address = server.resolvedUrls.local[0];
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });

async function newPage() {
  // A small window: where the processor draws, it shall not spend the time on pixels.
  const page = await browser.newPage({ viewport: { width: 900, height: 620 } });
  page.setDefaultTimeout(180_000);
  return page;
}

const drawn = (page) => page.evaluate(() => Number(document.querySelector('.stage-canvas')?.dataset.drawn ?? 0));

/** Milliseconds of script per frame of the screen while time runs, by samples. */
async function scriptPerFrame(page, seconds) {
  const session = await page.context().newCDPSession(page);
  await session.send('Profiler.enable');
  await session.send('Profiler.setSamplingInterval', { interval: 250 });
  const before = await drawn(page);
  await session.send('Profiler.start');
  await page.waitForTimeout(seconds * 1000);
  const { profile } = await session.send('Profiler.stop');
  await page.waitForTimeout(600);
  const frames = Math.max(1, (await drawn(page)) - before);
  const calls = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const busy = { drawing: 0, elsewhere: 0, native: 0, collection: 0 };
  // What is called by the drawing of a frame of the screen, and what the page does beside it: answers of the worker, lists, panels.
  const drawing = new Set();
  const mark = (node, within) => {
    const inside = within || node.callFrame.functionName === 'drawFrame';
    if (inside) drawing.add(node.id);
    for (const child of node.children ?? []) mark(nodes.get(child), inside);
  };
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  mark(profile.nodes[0], false);
  profile.samples.forEach((sample, at) => {
    const { functionName, url } = calls.get(sample);
    const spent = profile.timeDeltas[at] / 1000;
    if (functionName === '(garbage collector)') busy.collection += spent;
    else if (url !== '') busy[drawing.has(sample) ? 'drawing' : 'elsewhere'] += spent;
    // What the browser does when it is called, drawing above all: where the processor draws, the call waits for it.
    else if (!functionName.startsWith('(')) busy.native += spent;
  });
  return {
    frames,
    milliseconds: Object.fromEntries(Object.entries(busy).map(([name, sum]) => [name, rounded(sum / frames)])),
  };
}

const small = await newPage();
const began = performance.now();
await small.goto(`${address}#lab=site-to-site`);
await small.waitForFunction(() => Number(document.querySelector('.stage-canvas')?.dataset.drawn ?? 0) > 0);
tell('first view, cold cache', { milliseconds: Math.round(performance.now() - began) });
await small.waitForFunction(() => document.querySelector('.computing') === null);
tell('script per frame, site to site', await scriptPerFrame(small, 4));
await small.close();

const large = await newPage();
// Nothing is put on the screen: a GPU would do that beside the script, a processor instead of it.
await large.addInitScript(() => {
  for (const context of [WebGLRenderingContext, WebGL2RenderingContext]) {
    for (const name of ['drawElements', 'drawArrays', 'drawElementsInstanced', 'drawArraysInstanced']) {
      if (name in context.prototype) context.prototype[name] = () => {};
    }
  }
});
await large.goto(`${address}#lab=routed&at=0`);
await large.waitForSelector('.stage-canvas canvas');
await large.evaluate((text) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], 'large.yaml'));
  document.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
}, largeLab());
await large.waitForFunction(() => document.title.startsWith('Large') && document.querySelector('.computing') === null);
await large.selectOption('.speed select', '0.00001');
await large.evaluate(() => {
  const strip = document.querySelector('.timeline-strip');
  const box = strip.getBoundingClientRect();
  const at = { clientX: box.left + box.width * 0.56, clientY: box.top + 40, pointerId: 1, bubbles: true };
  strip.setPointerCapture = () => {};
  strip.dispatchEvent(new PointerEvent('pointerdown', at));
  document.querySelector('.play').click();
});
await large.waitForFunction(() => Number(document.querySelector('.stage-canvas').dataset.flights) > 1000);
const cost = await scriptPerFrame(large, 8);
const flights = await large.evaluate(() => Number(document.querySelector('.stage-canvas').dataset.flights));
tell('script per frame, 501 nodes, nothing put on the screen', { flights, ...cost });
const scrub = await large.evaluate(async () => {
  const strip = document.querySelector('.timeline-strip');
  const box = strip.getBoundingClientRect();
  const times = [];
  for (let turn = 0; turn < 20; turn++) {
    const part = 0.5 + 0.4 * ((turn * 0.37) % 1);
    const from = performance.now();
    const at = { clientX: box.left + box.width * part, clientY: box.top + 40, pointerId: 1, bubbles: true };
    strip.dispatchEvent(new PointerEvent('pointerdown', at));
    times.push(performance.now() - from);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return times.sort((a, b) => a - b)[10];
});
tell('scrub, page busy', { milliseconds: rounded(scrub) });
await browser.close();
await server.close();
