import { CanvasSource, Container, Sprite, Texture } from 'pixi.js';
import { FRAME_FATE, type FrameFate } from '../../workers/client.ts';
import { type FlightStore, flightsAt } from '../model/flight-store.ts';
import { type Camera, sizeAt } from './camera.ts';
import { betweenEdges, type Curve, pointOn } from './geometry.ts';
import { NODE_RADIUS } from './node-layer.ts';
import type { Palette } from './palette.ts';
import { drawShells } from './shell-picture.ts';

/** The most pictures kept; then all are drawn anew as they are needed. */
const MOST_PICTURES = 400;
/** The most frames drawn at once. */
const MOST_DRAWN = 4000;
/** Above so many frames captions would only hide each other. */
const MOST_CAPTIONED = 24;
/** Below this scale a caption could not be read. */
const CAPTION_SCALE = 0.72;
/** Where along the link a frame that is lost begins to fall. */
const FALLS_AT = 0.45;
const FALL = 70;
/** A frame is seen beside the node that sends it, not on it. */
const NOSE = 12;

interface Picture {
  readonly texture: Texture;
  readonly caption: number;
}

/** Frames on their way, as sprites from a pool: nothing is made anew while the picture only moves. */
export class FrameLayer {
  readonly container = new Container();
  readonly #sprites: Sprite[] = [];
  readonly #records: number[] = [];
  /** By stack and how it is drawn, in one number: this is asked for every frame under way, at every frame of the screen. */
  #pictures = new Map<number, Picture>();
  #shown = 0;
  #resolution: number;

  constructor(resolution: number) {
    this.#resolution = resolution;
  }

  /** Frames drawn at present. */
  get shown(): number {
    return this.#shown;
  }

  /** Forgets the pictures: other colours, or another lab with other stacks. */
  forget(): void {
    for (const sprite of this.#sprites) sprite.texture = Texture.EMPTY;
    for (const picture of this.#pictures.values()) picture.texture.destroy(true);
    this.#pictures = new Map();
  }

  draw(
    store: FlightStore,
    moment: number,
    curves: readonly Curve[],
    camera: Camera,
    palette: Palette,
    selected: number,
  ): void {
    const stretch = store.at(moment);
    let count = 0;
    if (stretch !== undefined) {
      const { flights } = stretch;
      let under = 0;
      flightsAt(stretch, moment, () => under++);
      const caption = camera.scale >= CAPTION_SCALE && under <= MOST_CAPTIONED;
      const size = sizeAt(camera.scale);
      const edge = ((NODE_RADIUS + NOSE) * size) / camera.scale;
      const point = { x: 0, y: 0 };
      flightsAt(stretch, moment, (index) => {
        if (count >= MOST_DRAWN) return;
        const direction = flights.directions[index] as number;
        const curve = curves[direction >> 1];
        if (curve === undefined) return;
        const starts = flights.starts[index] as number;
        const part = (moment - starts) / Math.max(1, (flights.arrives[index] as number) - starts);
        const fate = flights.fates[index] as FrameFate;
        const falls = fate === FRAME_FATE.lost && part > FALLS_AT ? (part - FALLS_AT) / (1 - FALLS_AT) : 0;
        const along = betweenEdges(curve, falls > 0 ? FALLS_AT + falls * 0.06 : part, edge);
        const backward = (direction & 1) === 1;
        pointOn(curve, backward ? 1 - along : along, point);
        const record = flights.records[index] as number;
        const leftward = backward ? curve.ax < curve.bx : curve.bx < curve.ax;
        const picture = this.#picture(store, flights.stack[index] as number, fate, palette, caption, leftward);
        const sprite = this.#sprite(count);
        sprite.texture = picture.texture;
        sprite.position.set(
          point.x * camera.scale + camera.x,
          point.y * camera.scale + camera.y + (picture.caption / 2) * size + falls * falls * FALL,
        );
        sprite.scale.set(record === selected ? size * 1.25 : size);
        sprite.rotation = falls * (leftward ? -0.7 : 0.7);
        sprite.alpha = 1 - falls * falls;
        sprite.visible = true;
        this.#records[count] = record;
        count++;
      });
    }
    for (let at = count; at < this.#shown; at++) (this.#sprites[at] as Sprite).visible = false;
    this.#shown = count;
  }

  /** Record of the frame drawn at a point of the screen, the topmost first. */
  recordAt(x: number, y: number): number | undefined {
    for (let at = this.#shown - 1; at >= 0; at--) {
      const sprite = this.#sprites[at] as Sprite;
      if (Math.abs(sprite.x - x) <= sprite.width / 2 && Math.abs(sprite.y - y) <= sprite.height / 2) {
        return this.#records[at];
      }
    }
    return undefined;
  }

  /** A picture for frames that are not under way, such as those that fall. */
  pictureOf(store: FlightStore, stack: number, palette: Palette): Texture {
    return this.#picture(store, stack, FRAME_FATE.dropped, palette, false, false).texture;
  }

  #sprite(at: number): Sprite {
    let sprite = this.#sprites[at];
    if (sprite === undefined) {
      sprite = new Sprite({ anchor: 0.5 });
      this.#sprites.push(sprite);
      this.container.addChild(sprite);
    }
    return sprite;
  }

  #picture(
    store: FlightStore,
    stack: number,
    fate: FrameFate,
    palette: Palette,
    caption: boolean,
    leftward: boolean,
  ): Picture {
    const failed = fate === FRAME_FATE.dropped || fate === FRAME_FATE.lost;
    const shells = store.stack(stack);
    const known = shells === undefined ? -1 : stack;
    const key = known * 8 + (failed ? 4 : 0) + (caption ? 2 : 0) + (leftward ? 1 : 0);
    const present = this.#pictures.get(key);
    if (present !== undefined) return present;
    if (this.#pictures.size >= MOST_PICTURES) this.forget();
    const drawn = drawShells(shells, fate, palette, this.#resolution, { caption, leftward });
    const source = new CanvasSource({ resource: drawn.canvas, resolution: drawn.resolution });
    const texture = new Texture({ source });
    const picture = { texture, caption: drawn.caption };
    this.#pictures.set(key, picture);
    return picture;
  }
}
