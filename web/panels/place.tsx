import { LinkPanel } from './link.tsx';
import { NodePanel } from './node.tsx';
import { usePage } from './page.ts';

/** The node or the link that is selected. */
export function PlacePanel() {
  const { model } = usePage();
  const selected = model.selection.value;
  const link = selected.kind === 'link' ? model.lab.value?.links.findIndex(({ name }) => name === selected.name) : -1;
  return link === undefined || link < 0 ? <NodePanel /> : <LinkPanel index={link} />;
}
