import { Icon, Mark } from '../look/icon.tsx';
import { switchTheme, theme } from '../look/theme.ts';
import { text } from '../text/text.ts';
import { Out } from './out.tsx';
import { usePage } from './page.ts';

export function Header() {
  const { model, desk } = usePage();
  const { lab, verdicts, progress } = model;
  const held = verdicts.value.filter((one) => one.held).length;
  const all = verdicts.value.length;
  const { ended, frontier, end } = progress.value;
  return (
    <header class="header">
      <button
        type="button"
        class="brand"
        aria-label={text('header.gallery')}
        onClick={() => {
          desk.gallery.value = true;
        }}
      >
        <Mark />
        <span>{text('title')}</span>
      </button>
      <button
        type="button"
        class="lab-name"
        aria-haspopup="dialog"
        title={text('header.gallery')}
        onClick={() => {
          desk.gallery.value = true;
        }}
      >
        <span class="ellipsis">{lab.value?.name ?? text('lab.choose')}</span>
        <Icon name="down" />
      </button>
      <span class="grow" />
      {lab.value !== undefined && !ended && end > 0 && Number.isFinite(end) ? (
        <span class="soft computing">{text('lab.computing', { percent: Math.floor((100 * frontier) / end) })}</span>
      ) : null}
      {all === 0 ? null : (
        <button
          type="button"
          aria-label={text('verdicts.summary', { held, count: all })}
          class={`tally ${held === all ? 'tone-good' : 'tone-failed'}`}
          onClick={() => {
            desk.inspector.value = true;
            desk.inspectorTab.value = 'verdicts';
          }}
        >
          <Icon name={held === all ? 'held' : 'failed'} />
          <span>{text('verdicts.summary', { held, count: all })}</span>
        </button>
      )}
      <button
        type="button"
        class="tool"
        aria-label={text('header.editor')}
        title={text('header.editor')}
        aria-pressed={desk.editor.value}
        onClick={() => {
          desk.editor.value = !desk.editor.value;
        }}
      >
        <Icon name="editor" />
      </button>
      <button
        type="button"
        class="tool"
        aria-label={text('experiments.title')}
        title={text('experiments.title')}
        aria-haspopup="dialog"
        onClick={() => {
          desk.experiments.value = true;
        }}
      >
        <Icon name="gallery" />
      </button>
      <Out />
      <button
        type="button"
        class="tool"
        aria-label={text(theme.value === 'dark' ? 'header.theme.light' : 'header.theme.dark')}
        title={text(theme.value === 'dark' ? 'header.theme.light' : 'header.theme.dark')}
        onClick={switchTheme}
      >
        <Icon name={theme.value === 'dark' ? 'light' : 'dark'} />
      </button>
      <button
        type="button"
        class="tool"
        aria-label={text('header.inspector')}
        title={text('header.inspector')}
        aria-pressed={desk.inspector.value}
        onClick={() => {
          desk.inspector.value = !desk.inspector.value;
        }}
      >
        <Icon name="inspector" />
      </button>
      <button
        type="button"
        class="tool"
        aria-label={text('header.help')}
        title={text('header.help')}
        onClick={() => {
          desk.help.value = true;
        }}
      >
        <Icon name="help" />
      </button>
    </header>
  );
}
