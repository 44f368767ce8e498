import { Container, Sprite, Text, type Texture } from 'pixi.js';
import type { Palette } from './palette.ts';

/** Seconds that a dropped packet falls, and that its reason stays before it fades. */
const FALLING = 0.7;
const STAYS = 3.2;
const FADES = 0.8;
const MOST_FALLING = 16;
/** Pixels between two reasons that can both be read. */
const NEAR = 48;

/** Where a packet falls from on the screen, and how far down its reason stands: both move with the camera. */
export interface DropPlace {
  x(): number;
  y(): number;
  ground(): number;
}

interface Falling {
  readonly at: DropPlace;
  readonly sprite: Sprite;
  readonly reason: Text;
  age: number;
}

/** Dropped packets: each falls and leaves its reason for a while. */
export class DropLayer {
  readonly container = new Container();
  readonly #resolution: number;
  #falling: Falling[] = [];

  constructor(resolution: number) {
    this.#resolution = resolution;
  }

  get busy(): boolean {
    return this.#falling.length > 0;
  }

  add(at: DropPlace, picture: Texture, reason: string, palette: Palette, still: boolean): void {
    if (this.#falling.length >= MOST_FALLING) this.#remove(this.#falling[0] as Falling);
    // One reason at a place: the newer takes the place of the older.
    const here = (one: Falling) => Math.hypot(one.at.x() - at.x(), one.at.ground() - at.ground()) < NEAR;
    for (const one of this.#falling) if (here(one)) one.reason.visible = false;
    const sprite = new Sprite({ texture: picture, anchor: 0.5 });
    const text = new Text({
      text: reason,
      resolution: this.#resolution,
      anchor: { x: 0.5, y: 0 },
      style: {
        fontFamily: ['Source Sans 3', 'sans-serif'],
        fontSize: 12.5,
        fill: palette.tones.failed.text,
        align: 'center',
        wordWrap: true,
        wordWrapWidth: 230,
        lineHeight: 16,
        stroke: { color: palette.paper, width: 5, join: 'round' },
      },
    });
    this.container.addChild(sprite, text);
    this.#falling.push({ at, sprite, reason: text, age: still ? FALLING : 0 });
  }

  clear(): void {
    for (const one of [...this.#falling]) this.#remove(one);
  }

  /** Lets `seconds` pass. While time stands still in the lab, reasons stay. `size` is that of the packets on their way. */
  draw(seconds: number, running: boolean, size: number): void {
    for (const one of [...this.#falling]) {
      if (running || one.age < FALLING) one.age += seconds;
      const fall = Math.min(1, one.age / FALLING);
      const left = STAYS + FADES - one.age;
      if (left <= 0) {
        this.#remove(one);
        continue;
      }
      const x = one.at.x();
      const y = one.at.y();
      const depth = one.at.ground() - y;
      one.sprite.position.set(x, y + fall * fall * depth);
      one.sprite.scale.set(size);
      one.sprite.rotation = fall * 0.5;
      one.sprite.alpha = 1 - fall * fall * 0.9;
      one.reason.position.set(x, y + depth + 12);
      one.reason.alpha = Math.min(1, fall * 1.6) * Math.min(1, left / FADES);
    }
  }

  #remove(one: Falling): void {
    this.#falling = this.#falling.filter((other) => other !== one);
    one.sprite.destroy();
    one.reason.destroy();
  }
}
