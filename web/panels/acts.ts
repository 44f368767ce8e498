import type { LinkSettings } from '../../core/topology/index.ts';
import type { ActionDescription, LabDescription, Overview } from '../../workers/client.ts';
import { yamlName } from '../model/acting.ts';
import { text } from '../text/text.ts';

/** Something that can be done to a node or a link: an action in the words of a timeline, but of whom. */
export interface Act {
  readonly title: string;
  readonly about?: string;
  readonly entry: string;
  /** It is to be filled in first. */
  readonly draft?: boolean | undefined;
}

/** All that can be done to one node or link, the same for inspector and canvas. */
export interface Acts {
  /** Its name. */
  readonly place: string;
  /** What stands before an entry in the timeline. */
  readonly prefix: string;
  readonly acts: readonly Act[];
}

/** What the acts of a lab are read from. */
export interface Acted {
  readonly lab: LabDescription | undefined;
  readonly overview: Overview | undefined;
  readonly actions: readonly ActionDescription[];
}

/** What the plugins of a node offer, and its interfaces. */
export function nodeActs({ lab, overview, actions }: Acted, name: string): Acts {
  const shown = overview?.nodes.find((node) => node.name === name);
  const outline = lab?.nodes.find((node) => node.name === name);
  const back = (shown?.out ?? []).map((plugin): Act => {
    const title = outline?.plugins.find((one) => one.name === plugin)?.title ?? plugin;
    return {
      title: text('act.putBack', { plugin: title }),
      about: text('act.putBack.about', { plugin: title, node: name }),
      entry: `plugin: ${yamlName(plugin)}, set: in`,
    };
  });
  const there = actions.filter(({ plugin }) => shown?.out.includes(plugin) !== true);
  const offered = there.flatMap(({ about, offers }) =>
    offers.filter((offer) => offer.node === name).map((offer): Act => ({ ...offer, about })),
  );
  const up = shown?.interfacesUp;
  const faces = (outline?.interfaces ?? []).flatMap((face, at): Act[] => {
    if (face.link < 0) return [];
    const isUp = up?.[at] !== false;
    const title = text(isUp ? 'act.interfaceDown' : 'act.interfaceUp', { interface: face.name });
    return [{ title, entry: `interface: ${yamlName(face.name)}, set: ${isUp ? 'down' : 'up'}` }];
  });
  return { place: name, prefix: `node: ${yamlName(name)}, `, acts: [...back, ...offered, ...faces] };
}

/** What a link can do to its frames. */
export function linkActs({ lab, overview }: Acted, name: string): Acts {
  const index = lab?.links.findIndex((link) => link.name === name) ?? -1;
  const now: LinkSettings | undefined = overview?.links[index] ?? lab?.links[index]?.settings;
  const acts: Act[] =
    now === undefined
      ? []
      : [
          now.up
            ? { title: text('act.cut'), entry: 'set: { up: false }' }
            : { title: text('act.join'), entry: 'set: { up: true }' },
          { title: text('act.cutFor'), entry: 'set: { up: false }, for: 5s' },
          now.loss > 0
            ? { title: text('act.loseNothing'), entry: 'set: { loss: 0% }' }
            : { title: text('act.lose'), entry: 'set: { loss: 10% }' },
          { title: text('act.slow'), entry: `set: { delay: ${Math.round(now.delay / 1e6) + 100}ms }` },
          { title: text('act.other'), entry: 'set: { rate: 1Mbit/s, jitter: 5ms }, for: 10s', draft: true },
        ];
  return { place: name, prefix: `link: ${JSON.stringify(name)}, `, acts };
}
