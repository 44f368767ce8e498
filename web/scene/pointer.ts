/** What a pointer, a wheel or two fingers do on the canvas, told in its own terms. */
export interface PointerTarget {
  /** What lies under a point; nodes can be dragged. */
  nodeAt(x: number, y: number): string | undefined;
  pan(dx: number, dy: number): void;
  zoom(x: number, y: number, factor: number): void;
  dragNode(name: string, x: number, y: number, done: boolean): void;
  hover(x: number, y: number): void;
  leave(): void;
  click(x: number, y: number): void;
  /** The menu of what lies under a point is wanted, by the second button or by a finger that rests. True: there is one. */
  menu(x: number, y: number): boolean;
}

/** Farther than this from where it went down, a press is a drag. */
const SLACK = 4;
/** Milliseconds that a finger rests before it means the menu. */
const LONG_PRESS = 550;

export function listen(element: HTMLElement, target: PointerTarget): () => void {
  const stop = new AbortController();
  const { signal } = stop;
  const down = new Map<number, { x: number; y: number }>();
  let resting: ReturnType<typeof setTimeout> | undefined;
  let pressed: { x: number; y: number; node: string | undefined; moved: boolean } | undefined;

  const at = (event: MouseEvent) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  element.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button > 1) return;
      const point = at(event);
      down.set(event.pointerId, point);
      element.setPointerCapture(event.pointerId);
      pressed = { ...point, node: event.button === 0 ? target.nodeAt(point.x, point.y) : undefined, moved: false };
      if (down.size > 1) pressed = undefined;
      clearTimeout(resting);
      if (event.pointerType === 'mouse' || pressed === undefined) return;
      resting = setTimeout(() => {
        if (pressed === undefined || pressed.moved || !target.menu(point.x, point.y)) return;
        pressed = undefined;
      }, LONG_PRESS);
    },
    { signal },
  );
  element.addEventListener(
    'pointermove',
    (event) => {
      const point = at(event);
      const before = down.get(event.pointerId);
      if (before === undefined) {
        target.hover(point.x, point.y);
        return;
      }
      down.set(event.pointerId, point);
      if (down.size === 2) {
        const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
        if (other === undefined) return;
        const spread = (one: { x: number; y: number }) => Math.hypot(one.x - other.x, one.y - other.y) || 1;
        target.zoom((point.x + other.x) / 2, (point.y + other.y) / 2, spread(point) / spread(before));
        target.pan((point.x - before.x) / 2, (point.y - before.y) / 2);
        return;
      }
      if (pressed === undefined) return;
      if (!pressed.moved && Math.hypot(point.x - pressed.x, point.y - pressed.y) < SLACK) return;
      pressed.moved = true;
      if (pressed.node === undefined) target.pan(point.x - before.x, point.y - before.y);
      else target.dragNode(pressed.node, point.x, point.y, false);
    },
    { signal },
  );
  const up = (event: PointerEvent): void => {
    clearTimeout(resting);
    const point = at(event);
    down.delete(event.pointerId);
    if (pressed !== undefined && down.size === 0) {
      if (pressed.moved && pressed.node !== undefined) target.dragNode(pressed.node, point.x, point.y, true);
      else if (!pressed.moved && event.type === 'pointerup') target.click(point.x, point.y);
    }
    if (down.size === 0) pressed = undefined;
  };
  element.addEventListener('pointerup', up, { signal });
  element.addEventListener('pointercancel', up, { signal });
  element.addEventListener(
    'contextmenu',
    (event) => {
      const point = at(event);
      if (target.menu(point.x, point.y)) pressed = undefined;
      event.preventDefault();
    },
    { signal },
  );
  element.addEventListener('pointerleave', () => target.leave(), { signal });
  element.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const point = at(event);
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      target.zoom(point.x, point.y, Math.exp(-Math.max(-120, Math.min(120, event.deltaY * lines)) * 0.0022));
    },
    { signal, passive: false },
  );
  return () => stop.abort();
}
