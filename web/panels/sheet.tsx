import type { ComponentChildren, RefObject } from 'preact';
import { useEffect } from 'preact/hooks';
import { Icon } from '../look/icon.tsx';
import { text } from '../text/text.ts';

/** A dialog over the page. It opens when it is drawn; `closed` is told when it was shut, by its button, by Escape or through `dialog`. */
export function Sheet({
  kind,
  title,
  dialog,
  closed,
  children,
}: {
  kind: string;
  title: string;
  dialog: RefObject<HTMLDialogElement | null>;
  closed: () => void;
  children: ComponentChildren;
}) {
  useEffect(() => {
    const element = dialog.current;
    if (element !== null && !element.open) element.showModal();
  }, [dialog]);

  return (
    <dialog ref={dialog} class={`sheet ${kind}`} aria-label={title} onClose={closed}>
      <div class="sheet-head">
        <h1>{title}</h1>
        <button type="button" class="tool" aria-label={text('help.close')} onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      {children}
    </dialog>
  );
}
