import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Dock } from '../panels/dock.tsx';
import { Header } from '../panels/header.tsx';
import { Inspector } from '../panels/inspector.tsx';
import { Later } from '../panels/later.tsx';
import { usePage } from '../panels/page.ts';
import { Splitter } from '../panels/splitter.tsx';
import { Timeline } from '../panels/timeline.tsx';
import { Transport } from '../panels/transport.tsx';
import type { Stage } from '../scene/stage-contract.ts';
import { text } from '../text/text.ts';
import { DropTarget } from './drop.tsx';
import { createShortcuts, listenForKeys } from './keyboard.ts';
import { StageHost } from './stage-host.tsx';

/** Milliseconds that a short message stays. */
const STAYS = 4500;

/** Parts that the first view does without. */
const loadEditor = () =>
  import('../panels/editor.tsx').then(({ Editor }) => () => <Editor />);
const loadMenu = () =>
  import('../panels/context-menu.tsx').then(({ ContextMenu }) => () => <ContextMenu />);
const loadGallery = () =>
  Promise.all([import('../panels/gallery.tsx'), import('./all-labs.ts')]).then(
    ([{ Gallery }, { shippedLabs }]) =>
      () => <Gallery labs={shippedLabs} />,
  );
const loadExperiments = () =>
  Promise.all([import('../panels/experiments.tsx'), import('./shipped-experiments.ts')]).then(
    ([{ Experiments }, { shippedExperiments }]) =>
      () => <Experiments shipped={shippedExperiments} />,
  );

/** The page: header, then editor, canvas with timeline and lists, and inspector side by side. */
export function App() {
  const { model, desk } = usePage();
  const stage = useRef<Stage | undefined>(undefined);
  const shortcuts = useMemo(() => createShortcuts(model, desk, () => stage.current), [model, desk]);
  const loadHelp = useMemo(
    () => () =>
      import('../panels/help.tsx').then(({ Help }) => () => <Help keys={shortcuts} />),
    [shortcuts],
  );
  const offer = useMemo(
    () => (made: Stage | undefined) => {
      stage.current = made;
    },
    [],
  );

  useEffect(() => listenForKeys(shortcuts), [shortcuts]);

  return (
    <div class="page">
      <Header />
      <div class="desk">
        {desk.editor.value ? (
          <>
            <Later load={loadEditor} />
            <Splitter name="editor" grows="right" />
          </>
        ) : null}
        <main class="centre">
          <StageHost offer={offer} />
          {model.lab.value === undefined ? <p class="empty soft invitation">{text('lab.none')}</p> : null}
          <div class="clock">
            <Transport />
            <Timeline />
          </div>
          <Splitter name="dock" grows="up" />
          <Dock />
        </main>
        {desk.inspector.value ? (
          <>
            <Splitter name="inspector" grows="left" />
            <Inspector />
          </>
        ) : null}
      </div>
      {desk.gallery.value ? <Later load={loadGallery} /> : null}
      {desk.experiments.value ? <Later load={loadExperiments} /> : null}
      {desk.help.value ? <Later load={loadHelp} /> : null}
      {desk.menu.value ? <Later load={loadMenu} /> : null}
      <Messages />
      <DropTarget />
    </div>
  );
}

/** What went wrong, with what to do about it, and short messages. */
function Messages() {
  const { model, desk } = usePage();
  const trouble = model.worker.trouble.value;
  const message = desk.message.value;
  const { stopped } = model.progress.value;

  useEffect(() => {
    if (message === undefined) return;
    const timer = setTimeout(() => {
      desk.message.value = undefined;
    }, STAYS);
    return () => clearTimeout(timer);
  }, [message, desk]);

  return (
    <div class="messages" role="status">
      {trouble === undefined ? null : (
        <div class="message trouble">
          <p>
            {text('trouble.worker', { reason: trouble })}
            <br />
            <span class="soft">{text('trouble.workerCure')}</span>
          </p>
          <button type="button" onClick={() => void model.restart()}>
            {text('trouble.restart')}
          </button>
        </div>
      )}
      {stopped === undefined ? null : <div class="message trouble">{text('trouble.stopped', { reason: stopped })}</div>}
      {message === undefined ? null : <div class="message">{message}</div>}
    </div>
  );
}
