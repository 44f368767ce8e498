import { switchTheme } from '../look/theme.ts';
import type { Desk } from '../model/desk.ts';
import type { Model } from '../model/model.ts';
import { FILTER_FIELD } from '../panels/dock.tsx';
import type { ListedKey } from '../panels/help.tsx';
import { undo } from '../panels/undo.ts';
import type { Stage } from '../scene/stage-contract.ts';
import { text } from '../text/text.ts';

/** A key and what it does. `press` is the event's `key`, with `Shift+` before it where that matters. */
export interface Shortcut extends ListedKey {
  readonly press: readonly string[];
  run(): void;
}

export function createShortcuts(model: Model, desk: Desk, stage: () => Stage | undefined): Shortcut[] {
  const step = (unit: 'event' | 'frame' | 'exchange', direction: 'forward' | 'back') => () =>
    void model.step(unit, direction);
  const turn = (what: { value: boolean }) => () => {
    what.value = !what.value;
  };
  const time = (press: string[], keys: string[], about: ListedKey['about'], run: () => void): Shortcut => ({
    press,
    keys,
    group: 'keys.time',
    about,
    run,
  });
  const canvas = (press: string[], keys: string[], about: ListedKey['about'], run: () => void): Shortcut => ({
    ...time(press, keys, about, run),
    group: 'keys.canvas',
  });
  const page = (press: string[], keys: string[], about: ListedKey['about'], run: () => void): Shortcut => ({
    ...time(press, keys, about, run),
    group: 'keys.page',
  });
  return [
    time([' '], ['Space'], 'key.play', () => model.play(!model.playing.value)),
    time(['ArrowRight'], ['→'], 'key.eventForward', step('event', 'forward')),
    time(['ArrowLeft'], ['←'], 'key.eventBack', step('event', 'back')),
    time(['Shift+ArrowRight', '.'], ['⇧ →', '.'], 'key.frameForward', step('frame', 'forward')),
    time(['Shift+ArrowLeft', ','], ['⇧ ←', ','], 'key.frameBack', step('frame', 'back')),
    time(['n'], ['n'], 'key.exchangeForward', step('exchange', 'forward')),
    time(['p'], ['p'], 'key.exchangeBack', step('exchange', 'back')),
    time(['Home'], ['Home'], 'key.start', () => model.seek(0)),
    time(['End'], ['End'], 'key.end', () => model.seek(model.progress.value.end)),
    time(['['], ['['], 'key.slower', () => model.changeSpeed(-1)),
    time([']'], [']'], 'key.faster', () => model.changeSpeed(1)),
    time(['u'], ['u'], 'key.undo', () => void undo(model, desk)),
    canvas(['f'], ['f'], 'key.fit', () => stage()?.fit()),
    canvas(['+', '='], ['+'], 'key.zoomIn', () => stage()?.zoom(1.3)),
    canvas(['-'], ['−'], 'key.zoomOut', () => stage()?.zoom(1 / 1.3)),
    canvas([], ['↑', '↓'], 'key.walk', () => undefined),
    canvas(['Shift+F10', 'ContextMenu'], ['⇧ F10', '≣'], 'key.menu', () => openMenu(model, desk, stage())),
    page(['/'], ['/'], 'key.search', () => {
      desk.dockTab.value = 'packets';
      // The field is there after the page was drawn anew.
      requestAnimationFrame(() => document.getElementById(FILTER_FIELD)?.focus());
    }),
    page(['l'], ['l'], 'key.ladder', () => {
      desk.dockTab.value = desk.dockTab.value === 'ladder' ? 'packets' : 'ladder';
    }),
    page(['v'], ['v'], 'key.lanes', turn(desk.lanes)),
    page(['g'], ['g'], 'key.gallery', turn(desk.gallery)),
    page(['x'], ['x'], 'key.experiments', turn(desk.experiments)),
    page(['e'], ['e'], 'key.editor', turn(desk.editor)),
    page(['i'], ['i'], 'key.inspector', turn(desk.inspector)),
    page(['t'], ['t'], 'key.theme', switchTheme),
    page(['?'], ['?'], 'key.help', turn(desk.help)),
    page(['Escape'], ['Esc'], 'key.close', () => {
      if (desk.out.value) desk.out.value = false;
      else void model.select({ kind: 'none' });
    }),
  ];
}

/** The menu of the node or link that is selected, beside it. */
function openMenu(model: Model, desk: Desk, stage: Stage | undefined): void {
  const of = model.selection.value;
  if (of.kind !== 'node' && of.kind !== 'link') {
    desk.message.value = text('act.selectFirst');
    return;
  }
  stage?.reveal(of);
  const point = stage?.pointOf(of) ?? { x: 0, y: 0 };
  const box = document.querySelector('.stage')?.getBoundingClientRect();
  desk.menu.value = { of, x: (box?.left ?? 0) + point.x + 8, y: (box?.top ?? 0) + point.y + 8 };
}

/** Keys that a field, a list or an open sheet needs for itself are left to it. */
export function listenForKeys(shortcuts: readonly Shortcut[]): () => void {
  const table = new Map(shortcuts.flatMap((one) => one.press.map((press) => [press, one] as const)));
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target as HTMLElement;
    if (event.key === 'Escape' && target instanceof HTMLInputElement) target.blur();
    // An open sheet has all keys, whatever has the focus: Escape shuts it.
    if (document.querySelector('dialog[open]') !== null) return;
    if (target.closest('input, select, textarea, [contenteditable="true"], dialog[open]') !== null) return;
    // A button that has the focus is pressed by the space bar.
    if (event.key === ' ' && target.closest('button, [role="tab"], summary') !== null) return;
    const shifted = event.shiftKey && /^(Arrow|F\d)/.test(event.key) ? `Shift+${event.key}` : event.key;
    const shortcut = table.get(shifted);
    if (shortcut === undefined) return;
    event.preventDefault();
    shortcut.run();
  };
  document.addEventListener('keydown', press);
  return () => document.removeEventListener('keydown', press);
}
