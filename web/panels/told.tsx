import type { Sentence } from '../../workers/client.ts';
import { text } from '../text/text.ts';

/** A record as a sentence, with the document that says so and what cures it. */
export function Told({ sentence, failed }: { sentence: Sentence; failed: boolean }) {
  return (
    <p class={failed ? 'tone-failed' : ''}>
      {sentence.text}
      {sentence.source === undefined ? null : <span class="soft"> {sentence.source}</span>}
      {sentence.cure === undefined ? null : (
        <span class="cure">
          {text('packet.cure')}: {sentence.cure}
        </span>
      )}
    </p>
  );
}
