import type { LabDescription } from '../../workers/client.ts';
import type { Place } from '../model/layout.ts';
import { type Bounds, type Camera, toWorld } from './camera.ts';

/** Pixels of the picture, and of the room in it around the network. */
const WIDTH = 168;
const HEIGHT = 112;
const ROOM = 8;

/** What is drawn of a lab. */
export interface Mapped {
  readonly lab: LabDescription;
  readonly places: ReadonlyMap<string, Place>;
  readonly bounds: Bounds;
  readonly camera: Camera;
  readonly width: number;
  readonly height: number;
}

/**
 * The whole network in a corner, with what of it is in view, wherever some of it is not. Pressing or dragging looks there. To a screen reader
 * it is nothing: the canvas has a list of its nodes beside it.
 */
export class Minimap {
  readonly #canvas = document.createElement('canvas');
  readonly #stop = new AbortController();
  #scale = 1;
  #left = 0;
  #top = 0;

  constructor(host: HTMLElement, goTo: (x: number, y: number) => void) {
    const canvas = this.#canvas;
    canvas.className = 'minimap';
    canvas.ariaHidden = 'true';
    canvas.hidden = true;
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    canvas.width = WIDTH * ratio;
    canvas.height = HEIGHT * ratio;
    canvas.style.width = `${WIDTH}px`;
    canvas.style.height = `${HEIGHT}px`;
    canvas.getContext('2d')?.scale(ratio, ratio);
    const { signal } = this.#stop;
    const look = (event: PointerEvent): void => {
      const box = canvas.getBoundingClientRect();
      goTo((event.clientX - box.left - this.#left) / this.#scale, (event.clientY - box.top - this.#top) / this.#scale);
    };
    canvas.addEventListener(
      'pointerdown',
      (event) => {
        event.stopPropagation();
        canvas.setPointerCapture(event.pointerId);
        look(event);
      },
      { signal },
    );
    canvas.addEventListener(
      'pointermove',
      (event) => {
        event.stopPropagation();
        if (event.buttons & 1) look(event);
      },
      { signal },
    );
    for (const name of ['pointerup', 'contextmenu'] as const) {
      canvas.addEventListener(name, (event) => event.stopPropagation(), { signal });
    }
    host.append(canvas);
  }

  draw({ lab, places, bounds, camera, width, height }: Mapped): void {
    const from = toWorld(camera, 0, 0);
    const to = toWorld(camera, width, height);
    const inView = from.x <= bounds.left && from.y <= bounds.top && to.x >= bounds.right && to.y >= bounds.bottom;
    this.#canvas.hidden = inView || places.size < 2;
    const pen = this.#canvas.getContext('2d');
    if (this.#canvas.hidden || pen === null) return;
    const style = getComputedStyle(this.#canvas);
    const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
    this.#scale = Math.min(
      (WIDTH - 2 * ROOM) / Math.max(1, bounds.right - bounds.left),
      (HEIGHT - 2 * ROOM) / Math.max(1, bounds.bottom - bounds.top),
    );
    this.#left = WIDTH / 2 - ((bounds.left + bounds.right) / 2) * this.#scale;
    this.#top = HEIGHT / 2 - ((bounds.top + bounds.bottom) / 2) * this.#scale;
    const x = (at: number) => at * this.#scale + this.#left;
    const y = (at: number) => at * this.#scale + this.#top;
    pen.clearRect(0, 0, WIDTH, HEIGHT);
    pen.strokeStyle = colour('line-strong');
    pen.lineWidth = 0.75;
    pen.beginPath();
    for (const { ends } of lab.links) {
      const [a, b] = [places.get(ends[0].node), places.get(ends[1].node)];
      if (a === undefined || b === undefined) continue;
      pen.moveTo(x(a.x), y(a.y));
      pen.lineTo(x(b.x), y(b.y));
    }
    pen.stroke();
    pen.fillStyle = colour('ink');
    const size = places.size > 100 ? 1.5 : 3;
    for (const place of places.values()) pen.fillRect(x(place.x) - size / 2, y(place.y) - size / 2, size, size);
    pen.strokeStyle = colour('protected');
    pen.lineWidth = 1.5;
    const [left, top] = [Math.max(1, x(from.x)), Math.max(1, y(from.y))];
    pen.strokeRect(left, top, Math.min(WIDTH - 1, x(to.x)) - left, Math.min(HEIGHT - 1, y(to.y)) - top);
  }

  destroy(): void {
    this.#stop.abort();
    this.#canvas.remove();
  }
}
