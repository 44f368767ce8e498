import { useEffect, useRef } from 'preact/hooks';
import { firstAfter } from '../model/flight-store.ts';
import { formatMoment } from '../model/format.ts';
import { text } from '../text/text.ts';
import { usePage } from './page.ts';

/** What happened, as sentences: drops, notes of protocols, and what was done from outside. */
export function StoryList() {
  const { model } = usePage();
  const list = useRef<HTMLOListElement>(null);
  const { story, moment } = model;
  const reached = firstAfter(story.value.times, moment.value) - 1;

  useEffect(() => {
    list.current?.children[Math.max(0, reached)]?.scrollIntoView({ block: 'nearest' });
  }, [reached]);

  if (story.value.list.length === 0) return <p class="empty soft">{text('story.none')}</p>;
  return (
    <ol class="story scroll" ref={list}>
      {story.value.list.map((one, index) => (
        <li key={one.record}>
          <button
            type="button"
            class={`story-line${index > reached ? ' ahead' : ''}`}
            onClick={() => {
              model.playing.value = false;
              model.seek(one.time);
              void model.select({ kind: 'packet', record: one.frame ?? one.record });
            }}
          >
            <span class="mono soft">{formatMoment(one.time)}</span>
            <span class={`dot tone-${one.tone}`} aria-hidden="true" />
            <span class={one.kind === 'drop' ? 'tone-failed' : ''}>{one.text}</span>
          </button>
        </li>
      ))}
      {story.value.more ? <li class="soft">{text('story.more')}</li> : null}
    </ol>
  );
}
