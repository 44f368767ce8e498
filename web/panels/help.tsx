import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../look/icon.tsx';
import { type TextKey, text } from '../text/text.ts';
import { usePage } from './page.ts';

/** A shortcut as the overview lists it. */
export interface ListedKey {
  readonly keys: readonly string[];
  readonly group: TextKey;
  readonly about: TextKey;
}

/** All shortcuts, by group. */
export function Help({ keys }: { keys: readonly ListedKey[] }) {
  const { desk } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const groups = [...new Set(keys.map(({ group }) => group))];

  useEffect(() => {
    const element = dialog.current;
    if (element !== null && !element.open) element.showModal();
  }, []);

  return (
    <dialog
      ref={dialog}
      class="sheet help"
      aria-label={text('help.title')}
      onClose={() => {
        desk.help.value = false;
      }}
    >
      <div class="sheet-head">
        <h1>{text('help.title')}</h1>
        <button type="button" class="tool" aria-label={text('help.close')} onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      <div class="help-groups">
        {groups.map((group) => (
          <section key={group}>
            <h3>{text(group)}</h3>
            <dl>
              {keys
                .filter((one) => one.group === group)
                .map((one) => (
                  <div key={one.about}>
                    <dt>
                      {one.keys.map((key) => (
                        <kbd key={key}>{key}</kbd>
                      ))}
                    </dt>
                    <dd>{text(one.about)}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
    </dialog>
  );
}
