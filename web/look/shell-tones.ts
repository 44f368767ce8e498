import type { Tone } from '../../core/index.ts';

/**
 * Colours of shells by the codec that reads them, where the reader gains by telling them apart at a glance. A codec that is not
 * here is drawn in ink; what is sealed is drawn as protected, whoever sealed it.
 */
const TONES: Readonly<Record<string, Tone>> = {
  esp: 'protected',
  ah: 'protected',
  isakmp: 'key',
  ikev1: 'key',
  ikev2: 'key',
};

export function shellTone(codec: string, sealed: boolean): Tone {
  return TONES[codec] ?? (sealed ? 'protected' : 'plain');
}
