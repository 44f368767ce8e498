import type { Happening } from '../../workers/client.ts';
import { firstAfter } from './flight-store.ts';

/** The most happenings held at once: a window of the run, moved along with the instant that is shown. */
export const MOST_HAPPENINGS = 2000;
const PATIENCE = 250;

/** Drops, notes and inputs of a stretch of the run. */
export interface Story {
  readonly from: number;
  /** All up to here, excluded, are in `list`. */
  readonly to: number;
  readonly list: readonly Happening[];
  readonly times: Float64Array;
  readonly more: boolean;
}

export const NO_STORY: Story = { from: 0, to: 0, list: [], times: new Float64Array(0), more: false };

export function createStory(from: number, to: number, list: readonly Happening[]): Story {
  const more = list.length >= MOST_HAPPENINGS;
  const last = list.at(-1)?.time ?? to;
  return {
    from,
    to: more ? Math.max(last, from + 1) : to,
    list,
    times: Float64Array.from(list, ({ time }) => time),
    more,
  };
}

/** The happenings of (after, upTo], oldest first. */
export function happenedIn(story: Story, after: number, upTo: number): readonly Happening[] {
  return story.list.slice(firstAfter(story.times, after), firstAfter(story.times, upTo));
}

export interface StoryStore {
  readonly story: Story;
  want(moment: number, frontier: number): void;
  clear(): void;
}

export function createStoryStore(
  fetch: (from: number, to: number, most: number) => Promise<readonly Happening[] | undefined>,
  changed: (story: Story) => void,
): StoryStore {
  let story = NO_STORY;
  let asking = false;
  let again = 0;
  let era = 0;

  async function ask(from: number, to: number): Promise<void> {
    asking = true;
    const asked = era;
    const list = await fetch(from, to - 1, MOST_HAPPENINGS);
    asking = false;
    if (list === undefined || asked !== era) return;
    story = createStory(from, to, list);
    changed(story);
  }

  return {
    get story() {
      return story;
    },
    want(moment, frontier) {
      const now = performance.now();
      if (asking || now < again) return;
      const to = frontier + 1;
      if (moment >= story.from && moment < story.to && (story.more || story.to >= to)) return;
      again = now + PATIENCE;
      // Within what one answer holds the story is told from its start.
      void ask(moment >= story.from && !story.more ? story.from : moment < story.from ? 0 : story.to, to);
    },
    clear() {
      era += 1;
      story = NO_STORY;
      again = 0;
      changed(story);
    },
  };
}
