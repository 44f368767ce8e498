import 'pixi.js/unsafe-eval';
import { effect } from '@preact/signals';
import { Application, Container } from 'pixi.js';
import type { Happening } from '../../workers/client.ts';
import { happenedIn } from '../model/happening-store.ts';
import type { Model } from '../model/model.ts';
import type { Selection } from '../model/selection.ts';
import { type Bounds, between, type Camera, fitTo, sizeAt, toWorld, zoomAt } from './camera.ts';
import { DropLayer, type DropPlace } from './drop-layer.ts';
import { FrameCosts } from './frame-costs.ts';
import { FrameLayer } from './frame-layer.ts';
import { type Curve, linkCurves, nearestCurve, pointOn } from './geometry.ts';
import { LabelLayer } from './label-layer.ts';
import { LinkLayer } from './link-layer.ts';
import { Minimap } from './minimap.ts';
import { NODE_RADIUS, NodeLayer } from './node-layer.ts';
import { type Palette, readPalette } from './palette.ts';
import { listen } from './pointer.ts';
import type { Stage, StageOptions } from './stage-contract.ts';
import { type DrawnTube, drawnTubes, TubeLayer } from './tube-layer.ts';

/** Seconds of a camera that moves by itself. */
const GLIDE = 0.35;
/** Room around the network: a part of the canvas, within bounds. */
const MARGIN = { part: 0.12, least: 40, most: 96 } as const;
/** Pixels beside a link that still mean it. */
const LINK_REACH = 7;
/** Pixels that what is brought into view keeps from the edge. */
const EDGE = 60;
/** A gap between two frames of the screen longer than this counts as this: a page that slept does not leap. */
const LONGEST_TICK = 0.1;

/** The canvas: draws what the model says, and tells it what the reader points at. It decides nothing. */
export async function createStage(host: HTMLElement, model: Model, options: StageOptions): Promise<Stage> {
  await Promise.all([
    document.fonts.load('600 14px "Source Sans 3"'),
    document.fonts.load('400 12px "Source Sans 3"'),
    document.fonts.load('400 11px "JetBrains Mono"'),
  ]);
  const app = new Application();
  const resolution = Math.min(2, Math.max(1, window.devicePixelRatio || 1));
  await app.init({
    width: Math.max(1, host.clientWidth),
    height: Math.max(1, host.clientHeight),
    preference: 'webgl',
    antialias: true,
    resolution,
    autoDensity: true,
    autoStart: false,
    sharedTicker: false,
    backgroundAlpha: 0,
    eventMode: 'none',
    eventFeatures: { move: false, globalMove: false, click: false, wheel: false },
    // The canvas is one thing to a screen reader; the list of nodes beside it is what can be walked through.
    accessibilityOptions: { activateOnTab: false },
  });
  app.ticker.stop();
  host.append(app.canvas);

  // A group of its own: while the camera moves, what stands in the world is not looked at again.
  const world = new Container({ isRenderGroup: true });
  const links = new LinkLayer();
  const tubes = new TubeLayer();
  const nodes = new NodeLayer();
  const frames = new FrameLayer(resolution * 2);
  const drops = new DropLayer(resolution);
  const labels = new LabelLayer(resolution);
  world.addChild(tubes.container, links.container, nodes.container);
  app.stage.addChild(world, labels.container, frames.container, drops.container);

  let palette: Palette = readPalette(host);
  let camera: Camera = { x: host.clientWidth / 2, y: host.clientHeight / 2, scale: 1 };
  let glide: { from: Camera; to: Camera; part: number } | undefined;
  let curves: Curve[] = [];
  /** What the curves were made of: they are made anew where that changed. */
  let curvesOf: { readonly lab: unknown; readonly places: unknown } = { lab: undefined, places: undefined };
  let drawn: readonly DrawnTube[] = [];
  let hovered: string | undefined;
  let shownMoment = 0;
  let worldDirty = true;
  let dirty = true;
  let fitted = -1;
  /** The reader has moved the camera: a pane that is resized leaves it where it is. */
  let moved = false;
  /** The scale that lines were drawn for. */
  let drawnScale = 0;

  // Kept, because asking the host has the browser lay the page out.
  let [wide, high] = [host.clientWidth, host.clientHeight];
  const width = () => wide;
  const height = () => high;

  const margin = () => Math.min(MARGIN.most, Math.max(MARGIN.least, width() * MARGIN.part));
  const whole = () => fitTo(bounds(), width(), height(), margin());

  function bounds(): Bounds {
    const all = [...options.places.value.values()];
    if (all.length === 0) return { left: -1, top: -1, right: 1, bottom: 1 };
    return {
      left: Math.min(...all.map(({ x }) => x)) - NODE_RADIUS,
      right: Math.max(...all.map(({ x }) => x)) + NODE_RADIUS,
      top: Math.min(...all.map(({ y }) => y)) - NODE_RADIUS,
      bottom: Math.max(...all.map(({ y }) => y)) + NODE_RADIUS + 60,
    };
  }

  function moveTo(to: Camera): void {
    if (options.reducedMotion()) {
      camera = to;
      glide = undefined;
    } else glide = { from: camera, to, part: 0 };
    dirty = true;
  }

  const stops = [
    effect(() => {
      void options.theme.value;
      // The style sheet's colours follow the attribute that the theme sets: read them once it has.
      queueMicrotask(() => {
        palette = readPalette(host);
        frames.forget();
        worldDirty = true;
      });
    }),
    effect(() => {
      void model.lab.value;
      frames.forget();
      drops.clear();
      if (model.lab.value !== undefined) nodes.rebuild(model.lab.value);
      worldDirty = true;
    }),
    effect(() => {
      void model.overview.value;
      void options.places.value;
      void model.selection.value;
      worldDirty = true;
    }),
    effect(() => {
      void model.arrived.value;
      dirty = true;
    }),
  ];

  const stopListening = listen(host, {
    nodeAt: (x, y) => nodeAt(x, y),
    pan(dx, dy) {
      glide = undefined;
      moved = true;
      camera = { ...camera, x: camera.x + dx, y: camera.y + dy };
      dirty = true;
    },
    zoom(x, y, factor) {
      glide = undefined;
      moved = true;
      camera = zoomAt(camera, x, y, factor);
      dirty = true;
    },
    dragNode(name, x, y, done) {
      options.places.value = new Map(options.places.value).set(name, toWorld(camera, x, y));
      if (done) options.moved();
    },
    hover(x, y) {
      const name = nodeAt(x, y);
      const some = name ?? frames.recordAt(x, y) ?? linkAt(x, y);
      host.style.cursor = some === undefined ? 'grab' : 'pointer';
      if (name === hovered) return;
      hovered = name;
      worldDirty = true;
    },
    leave() {
      if (hovered !== undefined) worldDirty = true;
      hovered = undefined;
    },
    click(x, y) {
      const record = frames.recordAt(x, y);
      if (record !== undefined) void model.select({ kind: 'packet', record });
      else void model.select(thingAt(x, y) ?? { kind: 'none' });
    },
    menu(x, y) {
      const of = thingAt(x, y);
      if (of === undefined) return false;
      void model.select(of);
      options.menu(of, x, y);
      return true;
    },
  });

  function pointOf(of: Selection): { x: number; y: number } | undefined {
    const at = { x: 0, y: 0 };
    if (of.kind === 'link') {
      const curve = curves[model.lab.value?.links.findIndex(({ name }) => name === of.name) ?? -1];
      if (curve === undefined) return undefined;
      pointOn(curve, 0.5, at);
    } else {
      const place = of.kind === 'node' ? options.places.value.get(of.name) : undefined;
      if (place === undefined) return undefined;
      Object.assign(at, place);
    }
    return { x: at.x * camera.scale + camera.x, y: at.y * camera.scale + camera.y };
  }

  function thingAt(x: number, y: number): Extract<Selection, { readonly name: string }> | undefined {
    const node = nodeAt(x, y);
    if (node !== undefined) return { kind: 'node', name: node };
    const link = linkAt(x, y);
    return link === undefined ? undefined : { kind: 'link', name: link };
  }

  function nodeAt(x: number, y: number): string | undefined {
    const point = toWorld(camera, x, y);
    const reach = Math.max(14, NODE_RADIUS * sizeAt(camera.scale)) / camera.scale;
    for (const [name, place] of options.places.value) {
      if (Math.hypot(place.x - point.x, place.y - point.y) <= reach) return name;
    }
    return undefined;
  }

  function linkAt(x: number, y: number): string | undefined {
    const point = toWorld(camera, x, y);
    const at = nearestCurve(curves, point.x, point.y, LINK_REACH / camera.scale);
    return at < 0 ? undefined : model.lab.value?.links[at]?.name;
  }

  const resize = new ResizeObserver(() => {
    [wide, high] = [host.clientWidth, host.clientHeight];
    if (width() < 2 || height() < 2) return;
    const dx = (width() - app.renderer.width / app.renderer.resolution) / 2;
    const dy = (height() - app.renderer.height / app.renderer.resolution) / 2;
    app.renderer.resize(width(), height());
    camera = { ...camera, x: camera.x + dx, y: camera.y + dy };
    if (fitted === options.arrangements.value && !moved) camera = whole();
    dirty = true;
    render();
  });
  resize.observe(host);

  /** Lets what was dropped in (after, upTo] fall. */
  function dropIn(after: number, upTo: number, still: boolean): void {
    for (const one of happenedIn(model.story.value, after, upTo).slice(-12)) {
      if (one.kind !== 'drop') continue;
      drops.add(placeOf(one), frames.pictureOf(model.flights, stackOf(one), palette), one.text, palette, still);
    }
  }

  function placeOf(one: Happening): DropPlace {
    const point = { x: 0, y: 0 };
    const find = () => {
      const curve = one.link === undefined ? undefined : curves[one.link];
      if (curve !== undefined) pointOn(curve, 0.5, point);
      else Object.assign(point, options.places.value.get(one.node) ?? { x: 0, y: 0 });
      return point;
    };
    const y = () => find().y * camera.scale + camera.y;
    return {
      x: () => find().x * camera.scale + camera.x,
      y,
      ground: () => (one.link === undefined ? labels.bottomOf(one.node) : undefined) ?? y() + 44,
    };
  }

  function stackOf(one: Happening): number {
    const stretch = model.flights.at(one.time) ?? model.flights.at(Math.max(0, one.time - 1));
    const at = one.frame === undefined ? -1 : (stretch?.flights.records.indexOf(one.frame) ?? -1);
    return at < 0 ? 0 : (stretch?.flights.stack[at] ?? 0);
  }

  function drawWorld(): void {
    const lab = model.lab.value;
    const places = options.places.value;
    world.visible = places.size > 0;
    labels.container.visible = world.visible;
    frames.container.visible = world.visible;
    if (lab === undefined) return;
    const overview = model.overview.value;
    const selected = model.selection.value;
    if (curvesOf.lab !== lab || curvesOf.places !== places) {
      curvesOf = { lab, places };
      curves = linkCurves(lab, places);
    }
    drawn = drawnTubes(lab, overview);
    const weight = sizeAt(camera.scale) / camera.scale;
    drawnScale = camera.scale;
    links.draw(lab, overview, curves, palette, weight, selected.kind === 'link' ? selected.name : undefined);
    tubes.draw(drawn, places, palette, weight);
    const passed = new Set(drawn.flatMap((tube) => tube.way.slice(1, -1)));
    nodes.draw(places, palette, selected.kind === 'node' ? selected.name : undefined, hovered, passed, weight);
    labels.update(lab, overview, drawn, places, palette);
  }

  let mapped = '';
  const minimap = new Minimap(host, (x, y) => {
    glide = undefined;
    moved = true;
    camera = { ...camera, x: width() / 2 - x * camera.scale, y: height() / 2 - y * camera.scale };
    dirty = true;
  });

  function drawMap(): void {
    mapped = `${camera.x}/${camera.y}/${camera.scale}`;
    const lab = model.lab.value;
    if (lab === undefined) return;
    minimap.draw({ lab, places: options.places.value, bounds: bounds(), camera, width: width(), height: height() });
  }

  function render(): void {
    world.position.set(camera.x, camera.y);
    world.scale.set(camera.scale);
    labels.place(camera, width(), height());
    app.renderer.render(app.stage);
  }

  const costs = new FrameCosts();
  let last = performance.now();
  let request = requestAnimationFrame(frame);

  function frame(now: number): void {
    request = requestAnimationFrame(frame);
    try {
      drawFrame(now);
    } catch (error) {
      cancelAnimationFrame(request);
      options.failed(error);
    }
  }

  function drawFrame(now: number): void {
    const began = performance.now();
    const seconds = Math.min(LONGEST_TICK, Math.max(0, (now - last) / 1000));
    last = now;
    model.tick(seconds);
    const moment = model.moment.value;
    if (fitted !== options.arrangements.value && options.places.value.size > 0) {
      fitted = options.arrangements.value;
      moved = false;
      camera = whole();
      dirty = true;
    }
    if (glide !== undefined) {
      glide.part = Math.min(1, glide.part + seconds / GLIDE);
      camera = between(glide.from, glide.to, glide.part);
      if (glide.part >= 1) glide = undefined;
      dirty = true;
    }
    if (moment !== shownMoment) {
      const forward = moment > shownMoment;
      if (!forward || !model.playing.value) drops.clear();
      dropIn(forward && model.playing.value ? shownMoment : moment - 1, moment, options.reducedMotion());
      shownMoment = moment;
      dirty = true;
    }
    if (camera.scale !== drawnScale) worldDirty = true;
    if (worldDirty) drawWorld();
    if (!dirty && !worldDirty && !drops.busy) return;
    const selected = model.selection.value;
    frames.draw(model.flights, moment, curves, camera, palette, selected.kind === 'packet' ? selected.record : 0);
    drops.draw(seconds, model.playing.value, sizeAt(camera.scale));
    const { x, y, scale } = camera;
    if (worldDirty || mapped !== `${x}/${y}/${scale}`) drawMap();
    dirty = false;
    worldDirty = false;
    render();
    costs.add(performance.now() - began);
  }

  return {
    fit() {
      moved = false;
      moveTo(whole());
    },
    pointOf,
    reveal(of) {
      const at = pointOf(of);
      if (at === undefined) return;
      const [x, y] = [Math.max(EDGE, Math.min(width() - EDGE, at.x)), Math.max(EDGE, Math.min(height() - EDGE, at.y))];
      if (x !== at.x || y !== at.y) moveTo({ ...camera, x: camera.x + x - at.x, y: camera.y + y - at.y });
    },
    zoom: (factor) => moveTo(zoomAt(glide?.to ?? camera, width() / 2, height() / 2, factor)),
    get cost() {
      return { ...costs.told, flights: frames.shown };
    },
    destroy() {
      cancelAnimationFrame(request);
      for (const stop of stops) stop();
      stopListening();
      resize.disconnect();
      minimap.destroy();
      app.destroy({ removeView: true }, { children: true, texture: true });
    },
  };
}
