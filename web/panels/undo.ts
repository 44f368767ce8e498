import type { Desk } from '../model/desk.ts';
import type { Model } from '../model/model.ts';
import { text } from '../text/text.ts';

/** Takes back what was done last, and says what it was. */
export async function undo(model: Model, desk: Desk): Promise<void> {
  const deed = await model.acting.undo();
  if (deed === undefined) desk.message.value = text('deeds.nothing');
  else desk.message.value = text('deeds.undone', { what: deed.kind === 'entered' ? deed.typed : partText(deed.part) });
}

/** What was taken out of the lab, in words. */
export const partText = (part: string): string => (part === '' ? text('deeds.written') : text('deeds.out', { part }));
