import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { usePage } from '../panels/page.ts';
import { text } from '../text/text.ts';

/** Files that are dropped anywhere on the page. */
export function DropTarget() {
  const { openFile } = usePage();
  const over = useSignal(false);

  useEffect(() => {
    const stop = new AbortController();
    const { signal } = stop;
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    document.addEventListener(
      'dragover',
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        over.value = true;
      },
      { signal },
    );
    document.addEventListener(
      'dragleave',
      (event) => {
        if (event.relatedTarget === null) over.value = false;
      },
      { signal },
    );
    document.addEventListener(
      'drop',
      (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        over.value = false;
        const file = event.dataTransfer?.files[0];
        if (file !== undefined) void openFile(file);
      },
      { signal },
    );
    return () => stop.abort();
  }, [openFile, over]);

  return over.value ? <div class="drop-here">{text('drop.here')}</div> : null;
}
