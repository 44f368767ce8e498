import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { Icon } from '../look/icon.tsx';
import type { ShippedLab } from '../model/labs.ts';
import { text } from '../text/text.ts';
import { ChooseFile } from './choose-file.tsx';
import { usePage } from './page.ts';
import { Sheet } from './sheet.tsx';
import { SketchPicture } from './sketch.tsx';

/** The labs that come with the page. */
export function Gallery({ labs }: { labs: readonly ShippedLab[] }) {
  const { model, desk, open } = usePage();
  const words = useSignal('');
  const dialog = useRef<HTMLDialogElement>(null);
  const present = model.source.value?.id;
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = labs.filter((lab) => {
    const all = `${lab.id} ${lab.name} ${lab.about}`.toLowerCase();
    return wanted.every((word) => all.includes(word));
  });

  return (
    <Sheet
      kind="gallery"
      title={text('gallery.title')}
      dialog={dialog}
      closed={() => {
        desk.gallery.value = false;
      }}
    >
      <p class="soft lead">
        {labs.length === 0 ? text('gallery.empty') : text('gallery.about')}{' '}
        <ChooseFile title={text('gallery.file')} chosen={() => dialog.current?.close()} />
      </p>
      {labs.length < 2 ? null : (
        <label class="search">
          <Icon name="search" />
          <span class="unseen">{text('gallery.search')}</span>
          <input
            type="search"
            autofocus
            placeholder={text('gallery.search')}
            value={words.value}
            onInput={(event) => {
              words.value = event.currentTarget.value;
            }}
          />
        </label>
      )}
      <ul class="scroll">
        {shown.map((lab) => (
          <li key={lab.id}>
            <button
              type="button"
              aria-current={lab.id === present}
              data-lab={lab.id}
              onClick={() => {
                dialog.current?.close();
                void open(
                  { id: lab.id, fileName: `topologies/${lab.id}/topology.yaml`, text: lab.text },
                  { play: true },
                );
              }}
            >
              <SketchPicture text={lab.text} />
              <span class="name">{lab.name}</span>
              <span class="soft">{lab.about}</span>
            </button>
          </li>
        ))}
      </ul>
      {shown.length === 0 && labs.length > 0 ? <p class="soft">{text('gallery.noMatch')}</p> : null}
    </Sheet>
  );
}
