import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../look/icon.tsx';
import { toPositions } from '../model/positions.ts';
import { text } from '../text/text.ts';
import { download, fileNameOf } from './download.ts';
import { usePage } from './page.ts';

/** What can be taken away: capture, key tables, topology, positions, a link. */
export function Out() {
  const page = usePage();
  const { model, desk, places } = page;
  const menu = useRef<HTMLDivElement>(null);
  const off = model.lab.value === undefined;
  const links = model.lab.value?.links.map((link) => link.name) ?? [];
  const chosen = useSignal('');
  // The lab may have changed since: then it is all links again.
  const link = links.includes(chosen.value) ? chosen.value : '';

  function name(): string {
    const { source, lab } = model;
    return source.value?.id ?? (fileNameOf(lab.value?.name ?? '') || 'lab');
  }

  async function capture(): Promise<void> {
    const bytes = await model.worker.ask((api) => api.capture(link === '' ? [] : [link]));
    const whole = link === '' ? name() : `${name()}-${fileNameOf(link)}`;
    if (bytes !== undefined) download(`${whole}.pcapng`, bytes, 'application/x-pcapng');
  }

  async function keys(): Promise<void> {
    const tables = (await model.worker.ask((api) => api.keyTables())) ?? [];
    const filled = tables.filter((table) => table.text !== '');
    if (filled.length === 0) desk.message.value = text('out.noKeys');
    for (const table of filled) download(table.file, table.text, 'text/plain');
  }

  const entries = [
    ['out.pcapng', capture],
    ['out.keys', keys],
    [
      'out.topology',
      () =>
        download(`${name()}.yaml`, model.acting.written.value ?? model.source.value?.text ?? '', 'application/yaml'),
    ],
    [
      'out.positions',
      () => download('positions.json', `${JSON.stringify(toPositions(places.value), null, 2)}\n`, 'application/json'),
    ],
    [
      'out.link',
      async () => {
        await navigator.clipboard.writeText(page.link());
        desk.message.value = text('out.linked');
      },
    ],
  ] as const;

  useEffect(() => {
    if (!desk.out.value) return;
    const away = (event: Event) => {
      if (!menu.current?.contains(event.target as Node)) desk.out.value = false;
    };
    document.addEventListener('pointerdown', away);
    return () => document.removeEventListener('pointerdown', away);
  }, [desk.out.value, desk]);

  return (
    <div class="menu" ref={menu}>
      <button
        type="button"
        class="tool"
        disabled={off}
        aria-haspopup="menu"
        aria-expanded={desk.out.value}
        aria-label={text('header.out')}
        title={text('header.out')}
        onClick={() => {
          desk.out.value = !desk.out.value;
        }}
      >
        <Icon name="out" />
      </button>
      {desk.out.value ? (
        <div class="menu-list" role="menu">
          {links.length > 1 ? (
            <select
              aria-label={text('out.links')}
              value={link}
              onChange={(event) => {
                chosen.value = event.currentTarget.value;
              }}
            >
              <option value="">{text('out.allLinks', { count: links.length })}</option>
              {links.map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
            </select>
          ) : null}
          {entries.map(([key, run]) => (
            <button
              key={key}
              type="button"
              role="menuitem"
              data-out={key.slice(4)}
              onClick={() => {
                desk.out.value = false;
                void run();
              }}
            >
              {text(key)}
            </button>
          ))}
        </div>
      ) : null}
    </div>
  );
}
