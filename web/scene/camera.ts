/** What of the world is on the screen: screen = world * scale + offset. */
export interface Camera {
  x: number;
  y: number;
  scale: number;
}

export const LEAST_SCALE = 0.02;
export const MOST_SCALE = 4;

/**
 * How large things are drawn at a scale: they grow with it, but neither to nothing nor beyond what reads well, so that lines stay
 * thin however near one looks.
 */
export function sizeAt(scale: number): number {
  return Math.min(1.25, Math.max(0.32, scale));
}

export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Zooms by a factor so that the point of the world under (x, y) of the screen stays there. */
export function zoomAt(camera: Camera, x: number, y: number, factor: number): Camera {
  const scale = Math.min(MOST_SCALE, Math.max(LEAST_SCALE, camera.scale * factor));
  const ratio = scale / camera.scale;
  return { scale, x: x - (x - camera.x) * ratio, y: y - (y - camera.y) * ratio };
}

/** Shows all of `bounds` in a view of that size, with room around it, never larger than life. */
export function fitTo(bounds: Bounds, width: number, height: number, margin: number, most = 1.35): Camera {
  const wide = Math.max(1, bounds.right - bounds.left);
  const high = Math.max(1, bounds.bottom - bounds.top);
  const room = (size: number) => Math.max(size * 0.4, size - 2 * margin);
  const scale = Math.min(most, Math.max(LEAST_SCALE, Math.min(room(width) / wide, room(height) / high)));
  return {
    scale,
    x: width / 2 - ((bounds.left + bounds.right) / 2) * scale,
    y: height / 2 - ((bounds.top + bounds.bottom) / 2) * scale,
  };
}

export function toWorld(camera: Camera, x: number, y: number): { x: number; y: number } {
  return { x: (x - camera.x) / camera.scale, y: (y - camera.y) / camera.scale };
}

/** Between two cameras, `part` from 0 to 1, gently. */
export function between(from: Camera, to: Camera, part: number): Camera {
  const eased = 1 - (1 - part) ** 3;
  const mix = (a: number, b: number) => a + (b - a) * eased;
  return { x: mix(from.x, to.x), y: mix(from.y, to.y), scale: mix(from.scale, to.scale) };
}
