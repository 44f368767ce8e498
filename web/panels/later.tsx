import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';

/** A part of the page whose code is fetched when it is first wanted, so that the first view does not wait for it. */
export function Later({ load }: { load: () => Promise<() => ComponentChildren> }) {
  const { desk } = usePage();
  const part = useSignal<{ readonly draw: () => ComponentChildren } | undefined>(undefined);

  useEffect(() => {
    let live = true;
    load().then(
      (draw) => {
        if (live) part.value = { draw };
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

  return <>{part.value?.draw()}</>;
}
