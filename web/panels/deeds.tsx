import { firstAfter } from '../model/flight-store.ts';
import { formatMoment } from '../model/format.ts';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';
import { partText, undo } from './undo.ts';

/** What is done to the lab from outside: by its topology, and by the reader, who can take it back or have it written down. */
export function Deeds() {
  const { model, desk } = usePage();
  const { acting, moment } = model;
  const timeline = model.lab.value?.timeline ?? [];
  const reached =
    firstAfter(
      Float64Array.from(timeline, ({ at }) => at),
      moment.value,
    ) - 1;
  const changed = acting.deeds.value.filter((deed) => deed.kind === 'changed');
  if (timeline.length === 0 && changed.length === 0) return <p class="empty soft">{text('deeds.none')}</p>;
  return (
    <div class="deeds scroll">
      {acting.deeds.value.length === 0 ? null : (
        <p class="deeds-head">
          {changed.map((deed, at) => (
            <span key={at} class="tone-translation">
              {partText(deed.part)}
            </span>
          ))}
          <button type="button" class="act" data-deed="undo" onClick={() => void undo(model, desk)}>
            {text('deeds.undo')}
          </button>
          {acting.written.value === undefined ? null : (
            <button type="button" class="act" data-deed="write" onClick={() => void acting.write()}>
              {text('deeds.write')}
            </button>
          )}
        </p>
      )}
      <ol>
        {timeline.map(({ at, place, text: words, entry }, index) => (
          <li key={`${at}/${index}`} class={`deed${index > reached ? ' ahead' : ''}`}>
            <button
              type="button"
              class="deed-line"
              onClick={() => {
                model.playing.value = false;
                model.seek(at);
              }}
            >
              <span class="mono soft">{formatMoment(at)}</span>
              <span>{place}</span>
              <span class="mono">{words}</span>
              <span class={entry.typed === undefined ? 'soft' : 'tone-key'}>
                {text(entry.typed === undefined ? 'deeds.file' : 'deeds.entered')}
              </span>
            </button>
            {entry.typed === undefined ? null : (
              <button type="button" class="quiet deed-undo" onClick={() => void acting.undoEntered(index)}>
                {text('deeds.undo')}
              </button>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}
