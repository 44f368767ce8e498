import { useLayoutEffect, useRef } from 'preact/hooks';
import type { OpenMenu } from '../model/desk.ts';
import { text } from '../text/text.ts';
import { actedOf } from './actions.tsx';
import { type Act, linkActs, nodeActs } from './acts.ts';
import { usePage } from './page.ts';

/** Pixels between the menu and the edge of the page. */
const EDGE = 8;

/** What can be done to the node or link under the pointer, or to the one that is selected: the same as in the inspector. */
export function ContextMenu() {
  const { desk } = usePage();
  const menu = desk.menu.value;
  return menu === undefined ? null : <Menu key={`${menu.of.name}/${menu.x}/${menu.y}`} menu={menu} />;
}

function Menu({ menu }: { menu: OpenMenu }) {
  const { model, desk } = usePage();
  const { of, x, y } = menu;
  const list = useRef<HTMLDivElement>(null);
  const { place, prefix, acts } = (of.kind === 'node' ? nodeActs : linkActs)(actedOf(model), of.name);

  useLayoutEffect(() => {
    const element = list.current;
    if (element === null) return;
    const before = document.activeElement as HTMLElement | null;
    const { width, height } = element.getBoundingClientRect();
    element.style.left = `${Math.max(EDGE, Math.min(x, innerWidth - width - EDGE))}px`;
    element.style.top = `${Math.max(EDGE, Math.min(y, innerHeight - height - EDGE))}px`;
    itemsOf(element)[0]?.focus();
    const away = (event: Event) => {
      if (!element.contains(event.target as Node)) close();
    };
    document.addEventListener('pointerdown', away);
    window.addEventListener('resize', close);
    return () => {
      document.removeEventListener('pointerdown', away);
      window.removeEventListener('resize', close);
      if (element.contains(document.activeElement) || document.activeElement === document.body) before?.focus();
    };
  }, [x, y]);

  function close(): void {
    desk.menu.value = undefined;
  }

  async function run(act: Act): Promise<void> {
    close();
    await model.select(of);
    if (act.draft === true) {
      desk.inspector.value = true;
      desk.inspectorTab.value = 'node';
      desk.draft.value = { place, entry: act.entry };
      return;
    }
    const reason = await model.acting.enter(`${prefix}${act.entry}`);
    desk.message.value =
      reason === undefined ? text('act.done', { place, title: act.title }) : text('act.refused', { reason });
  }

  function press(event: KeyboardEvent): void {
    const all = itemsOf(event.currentTarget as HTMLElement);
    const at = all.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (next !== undefined) all[next % all.length]?.focus();
    else if (event.key.length === 1 && event.key !== ' ') {
      const letter = event.key.toLowerCase();
      const turned = [...all.slice(at + 1), ...all.slice(0, at + 1)];
      turned.find((one) => one.textContent?.trim().toLowerCase().startsWith(letter))?.focus();
    } else {
      // Enter and the space bar press what has the focus.
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div
      ref={list}
      class="menu-list context-menu"
      role="menu"
      tabIndex={-1}
      aria-label={text('act.of', { place })}
      onKeyDown={press}
      onContextMenu={(event) => event.preventDefault()}
    >
      <p class="soft menu-head">{place}</p>
      {acts.map((act) => (
        <button
          key={act.entry}
          type="button"
          role="menuitem"
          tabIndex={-1}
          data-menu-act={act.entry}
          title={act.about ?? act.entry}
          onClick={() => void run(act)}
        >
          {act.title}
          {act.draft === true ? '…' : ''}
        </button>
      ))}
      <button
        type="button"
        role="menuitem"
        tabIndex={-1}
        class="apart"
        onClick={() => {
          close();
          desk.inspector.value = true;
          void model.select(of);
        }}
      >
        {text('act.inspect')}
      </button>
    </div>
  );
}

function itemsOf(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role="menuitem"]')];
}
