import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';
import type { YamlEditor } from './yaml-editor.ts';

/** Milliseconds after the last key before the text is read. */
const PAUSE = 450;

/** The experiment as text. It is read as soon as the reader pauses; while it is broken, what was read before stays. */
export function ExperimentText() {
  const { experimenting } = usePage();
  const { source, mistakes } = experimenting;
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<YamlEditor | undefined>(undefined);
  const ready = useSignal(false);

  useEffect(() => {
    let live = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = () => {
      const words = editor.current?.text();
      const from = source.peek();
      if (words === undefined || from === undefined || words === from.text) return;
      void experimenting.open(words, from.fileName);
    };
    void import('./yaml-editor.ts').then(({ createYamlEditor }) => {
      if (!live || host.current === null) return;
      editor.current = createYamlEditor(host.current, {
        text: source.peek()?.text ?? '',
        label: text('experiments.text'),
        changed: () => {
          clearTimeout(timer);
          timer = setTimeout(read, PAUSE);
        },
        complete: async () => undefined,
      });
      ready.value = true;
    });
    return () => {
      live = false;
      clearTimeout(timer);
      // What was typed last is not lost when the editor is shut.
      read();
      editor.current?.destroy();
      editor.current = undefined;
    };
  }, [experimenting, source, ready]);

  useSignalEffect(() => {
    const file = source.value?.fileName;
    const own = mistakes.value.filter((one) => one.file === file);
    if (ready.value) editor.current?.mark(own);
  });

  return (
    <div class="editor-host experiment-text" ref={host}>
      {ready.value ? null : <p class="empty soft">{text('editor.loading')}</p>}
    </div>
  );
}
