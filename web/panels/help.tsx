import { useRef } from 'preact/hooks';
import { isLanguage, LANGUAGES, languageInUse, type TextKey, text } from '../text/text.ts';
import { usePage } from './page.ts';
import { Sheet } from './sheet.tsx';

/** A shortcut as the overview lists it. */
export interface ListedKey {
  readonly keys: readonly string[];
  readonly group: TextKey;
  readonly about: TextKey;
}

/** All shortcuts, by group. */
export function Help({ keys }: { keys: readonly ListedKey[] }) {
  const { desk, chooseLanguage } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const groups = [...new Set(keys.map(({ group }) => group))];

  return (
    <Sheet
      kind="help"
      title={text('help.title')}
      dialog={dialog}
      closed={() => {
        desk.help.value = false;
      }}
    >
      <label class="language">
        <span class="soft">{text('help.language')}</span>
        <select
          value={languageInUse()}
          onChange={(event) => {
            const chosen = event.currentTarget.value;
            if (isLanguage(chosen)) chooseLanguage(chosen);
          }}
        >
          {Object.entries(LANGUAGES).map(([tag, name]) => (
            <option key={tag} value={tag} lang={tag}>
              {name}
            </option>
          ))}
        </select>
      </label>
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
    </Sheet>
  );
}
