import { useSignalEffect } from '@preact/signals';
import type { InspectorTab } from '../model/desk.ts';
import { text } from '../text/text.ts';
import { Later } from './later.tsx';
import { usePage } from './page.ts';
import { type Tab, Tabs } from './tabs.tsx';
import { VerdictsPanel } from './verdicts.tsx';

/** Parts that the first view does without. */
const loadPacket = () =>
  import('./packet.tsx').then(({ PacketPanel }) => () => <PacketPanel />);
const loadPlace = () =>
  import('./place.tsx').then(({ PlacePanel }) => () => <PlacePanel />);

/** The right of the page: what is selected, and the verdicts. */
export function Inspector() {
  const { model, desk } = usePage();

  // What is selected comes to the front; selecting nothing leaves what is shown.
  useSignalEffect(() => {
    const { kind } = model.selection.value;
    if (kind !== 'none') desk.inspectorTab.value = kind === 'link' ? 'node' : kind;
  });

  const tabs: Tab<InspectorTab>[] = [
    { name: 'packet', title: text('inspector.packet') },
    { name: 'node', title: text('inspector.node') },
    { name: 'verdicts', title: text('inspector.verdicts') },
  ];
  const chosen = desk.inspectorTab.value;
  return (
    <aside class="inspector" style={{ width: `${desk.sizes.value.inspector}px` }} aria-label={text('header.inspector')}>
      <Tabs
        tabs={tabs}
        chosen={chosen}
        label={text('header.inspector')}
        choose={(name) => {
          desk.inspectorTab.value = name;
        }}
      />
      <div class="pane" role="tabpanel">
        {chosen === 'packet' ? (
          <Later key="packet" load={loadPacket} />
        ) : chosen === 'node' ? (
          <Later key="node" load={loadPlace} />
        ) : (
          <VerdictsPanel />
        )}
      </div>
    </aside>
  );
}
