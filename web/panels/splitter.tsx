import { SIZE_LIMITS, type SizeName } from '../model/desk.ts';
import { type TextKey, text } from '../text/text.ts';
import { usePage } from './page.ts';

/** The line between two panes: dragged, or moved with the arrow keys. `grows` says which way makes its pane larger. */
export function Splitter({ name, grows }: { name: SizeName; grows: 'left' | 'right' | 'up' | 'down' }) {
  const { desk } = usePage();
  const upright = grows === 'left' || grows === 'right';
  const sign = grows === 'right' || grows === 'down' ? 1 : -1;
  const size = desk.sizes.value[name];
  const [least, most] = SIZE_LIMITS[name];

  function drag(event: PointerEvent): void {
    const element = event.currentTarget as HTMLElement;
    const from = upright ? event.clientX : event.clientY;
    element.setPointerCapture(event.pointerId);
    const move = (next: PointerEvent) =>
      desk.resize(name, size + sign * ((upright ? next.clientX : next.clientY) - from));
    const stop = () => {
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', stop);
      element.removeEventListener('pointercancel', stop);
    };
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', stop);
    element.addEventListener('pointercancel', stop);
  }

  function press(event: KeyboardEvent): void {
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (way === undefined || upright !== /Left|Right/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    desk.resize(name, size + sign * way * 16);
  }

  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule cannot be moved; a window splitter is what this role names.
    <div
      class={`splitter ${upright ? 'upright' : 'level'}`}
      role="separator"
      tabIndex={0}
      aria-label={text(`pane.${name}` as TextKey)}
      aria-orientation={upright ? 'vertical' : 'horizontal'}
      aria-valuenow={size}
      aria-valuemin={least}
      aria-valuemax={most}
      onPointerDown={drag}
      onKeyDown={press}
    />
  );
}
