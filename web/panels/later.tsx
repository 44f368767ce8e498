import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';

type Draw<Given> = (given: Given) => ComponentChildren;
type Load<Given> = () => Promise<Draw<Given>>;

/** What has arrived is drawn at once when it is wanted again. */
const arrived = new WeakMap<Load<never>, Draw<never>>();

/** A part of the page whose code is fetched when it is first wanted, so that the first view does not wait for it. */
export function Later<Given = undefined>(
  props: { load: Load<Given> } & (undefined extends Given ? { given?: Given } : { given: Given }),
) {
  const { load, given } = props;
  const { desk } = usePage();
  const part = useSignal<Draw<Given> | undefined>(arrived.get(load) as Draw<Given> | undefined);

  useEffect(() => {
    let live = true;
    load().then(
      (draw) => {
        arrived.set(load, draw);
        if (live) part.value = draw;
      },
      (error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        desk.message.value = text('trouble.part', { reason });
      },
    );
    return () => {
      live = false;
    };
  }, [load, desk, part]);

  const draw = (arrived.get(load) as Draw<Given> | undefined) ?? part.value;
  return <>{draw?.(given as Given)}</>;
}
