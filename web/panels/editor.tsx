import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Diagnostic } from '../../core/topology/index.ts';
import { Icon } from '../look/icon.tsx';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';
import type { YamlEditor } from './yaml-editor.ts';

/** Milliseconds after the last key before the text is run. */
const PAUSE = 450;

/** The topology as text. It runs as soon as the reader pauses; while it is broken, the lab goes on as it was. */
export function Editor() {
  const page = usePage();
  const { model, desk } = page;
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<YamlEditor | undefined>(undefined);
  const ready = useSignal(false);
  const tried = useSignal<string | undefined>(undefined);
  const { mistakes, source } = model;

  useEffect(() => {
    let live = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const run = () => {
      const words = editor.current?.text();
      const from = source.peek();
      if (words === undefined || words === (tried.peek() ?? from?.text)) return;
      tried.value = words;
      void page.open({ fileName: from?.fileName ?? 'topology.yaml', text: words }, { play: model.playing.peek() });
    };
    void import('./yaml-editor.ts').then(({ createYamlEditor }) => {
      if (!live || host.current === null) return;
      editor.current = createYamlEditor(host.current, {
        text: tried.peek() ?? source.peek()?.text ?? '',
        label: text('editor.title'),
        changed: () => {
          clearTimeout(timer);
          timer = setTimeout(run, PAUSE);
        },
        complete: model.complete,
      });
      ready.value = true;
    });
    return () => {
      live = false;
      clearTimeout(timer);
      editor.current?.destroy();
      editor.current = undefined;
    };
  }, [page, model, source, tried, ready]);

  // Another lab was opened elsewhere: its text takes the place of this one, and can be undone.
  useSignalEffect(() => {
    const now = source.value?.text;
    if (!ready.value || now === undefined || now === tried.peek()) return;
    tried.value = undefined;
    editor.current?.replace(now);
  });

  useSignalEffect(() => {
    const file = source.value?.fileName;
    const own = mistakes.value.filter((one) => one.file === file);
    if (ready.value) editor.current?.mark(own);
  });

  useSignalEffect(() => {
    const line = desk.editorLine.value;
    if (!ready.value || line === undefined) return;
    editor.current?.goTo(line);
    desk.editorLine.value = undefined;
  });

  const errors = mistakes.value.filter((one) => one.severity === 'error');
  return (
    <section class="editor" style={{ width: `${desk.sizes.value.editor}px` }} aria-label={text('editor.title')}>
      <div class="tabs">
        <h2>{text('editor.title')}</h2>
        <div class="tabs-aside">
          <button
            type="button"
            class="tool"
            aria-label={text('help.close')}
            onClick={() => {
              desk.editor.value = false;
            }}
          >
            <Icon name="close" />
          </button>
        </div>
      </div>
      <div class="editor-host" ref={host}>
        {ready.value ? null : <p class="empty soft">{text('editor.loading')}</p>}
      </div>
      <div class={`editor-foot${errors.length > 0 ? ' broken' : ''}`} role="status">
        {mistakes.value.length === 0 ? (
          <p class="soft">{text('editor.runs')}</p>
        ) : (
          <>
            <p>
              <span class={errors.length > 0 ? 'tone-failed' : 'tone-translation'}>
                {text('editor.mistakes', { count: mistakes.value.length })}
              </span>
              {errors.length > 0 ? <span class="soft"> {text('editor.broken')}</span> : null}
            </p>
            <ul class="scroll">
              {mistakes.value.map((one) => (
                <Mistake key={`${one.from}/${one.message}`} mistake={one} />
              ))}
            </ul>
          </>
        )}
      </div>
    </section>
  );
}

function Mistake({ mistake }: { mistake: Diagnostic }) {
  const { desk } = usePage();
  return (
    <li>
      <button
        type="button"
        class="mistake"
        onClick={() => {
          desk.editorLine.value = mistake.line;
        }}
      >
        <span class="mono soft">{text('editor.place', { line: mistake.line, column: mistake.column })}</span>
        <span>{mistake.message}</span>
      </button>
    </li>
  );
}
