import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Icon } from '../look/icon.tsx';
import type { DockTab } from '../model/desk.ts';
import { text } from '../text/text.ts';
import { Later } from './later.tsx';
import { Packets } from './packets.tsx';
import { usePage } from './page.ts';
import { Tabs } from './tabs.tsx';

/** Lists that the first view does without. */
const lists = {
  ladder: () =>
    import('./ladder.tsx').then(({ LadderList }) => () => <LadderList />),
  story: () =>
    import('./story.tsx').then(({ StoryList }) => () => <StoryList />),
  deeds: () =>
    import('./deeds.tsx').then(({ Deeds }) => () => <Deeds />),
} as const;

/** Milliseconds after the last key before a filter is tried. */
const PAUSE = 180;
export const FILTER_FIELD = 'packet-filter';

/** Below the timeline: the lists. */
export function Dock() {
  const { model, desk } = usePage();
  const typed = useSignal(model.filter.value);
  const { rows, progress, filter } = model;

  useEffect(() => {
    const timer = setTimeout(() => model.setFilter(typed.value.trim()), PAUSE);
    return () => clearTimeout(timer);
  }, [typed.value, model]);

  const { total, looked, of, wrong } = rows.value;
  const count =
    filter.value === ''
      ? text('packets.count', { count: progress.value.frames })
      : text('packets.filtered', { shown: total, count: of });
  return (
    <section class="dock" style={{ height: `${desk.sizes.value.dock}px` }}>
      <Tabs
        tabs={[
          { name: 'packets', title: text('packets.title') },
          { name: 'ladder', title: text('ladder.title') },
          { name: 'story', title: text('story.title') },
          { name: 'deeds', title: text('deeds.title') },
        ]}
        chosen={desk.dockTab.value}
        label={text('packets.title')}
        choose={(name) => {
          desk.dockTab.value = name;
        }}
      >
        {desk.dockTab.value === 'packets' ? (
          <>
            <span class={`soft count${filter.value !== '' && looked < of ? ' busy' : ''}`}>{count}</span>
            <label class={`search${wrong === undefined ? '' : ' wrong'}`}>
              <Icon name="search" />
              <span class="unseen">{text('packets.filter')}</span>
              <input
                id={FILTER_FIELD}
                type="search"
                spellcheck={false}
                autocomplete="off"
                placeholder={text('packets.filter.hint')}
                value={typed.value}
                aria-invalid={wrong !== undefined}
                onInput={(event) => {
                  typed.value = event.currentTarget.value;
                }}
              />
            </label>
          </>
        ) : null}
      </Tabs>
      <div class="pane" role="tabpanel">
        <Pane name={desk.dockTab.value} />
      </div>
    </section>
  );
}

function Pane({ name }: { name: DockTab }) {
  if (name === 'packets') return <Packets />;
  return <Later key={name} load={lists[name]} />;
}
