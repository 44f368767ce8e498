import { type Duration, SECOND } from '../../core/index.ts';
import type { Lifetimes } from '../ipsec/contract.ts';
import { IPSEC_ATTRIBUTE, LIFE_TYPE } from './names/attributes.ts';
import {
  type AttributeToWrite,
  attributeNumber,
  attributeToWrite,
  type TransformOnWire,
} from './payloads/security-association.ts';

/** Lifetimes as attributes: pairs of a life type and a life duration (RFC 2407 §4.5.2, RFC 2409 App. A). */

/** 0: no limit was named. */
export interface Life {
  readonly seconds: number;
  readonly kilobytes: number;
}

export const NO_LIFE: Life = { seconds: 0, kilobytes: 0 };
const KILOBYTE = 1024;

interface LifeClasses {
  readonly lifeType: number;
  readonly lifeDuration: number;
}

export function lifeAttributes({ seconds, kilobytes }: Life, classes: LifeClasses): readonly AttributeToWrite[] {
  const pair = (type: number, duration: number): readonly AttributeToWrite[] =>
    duration === 0 ? [] : [attributeToWrite(classes.lifeType, type), attributeToWrite(classes.lifeDuration, duration)];
  return [...pair(LIFE_TYPE.seconds, seconds), ...pair(LIFE_TYPE.kilobytes, kilobytes)];
}

/** The lifetimes that a transform, or the data of RESPONDER-LIFETIME, names. A duration goes with the type before it. */
export function lifeOf({ attributes }: Pick<TransformOnWire, 'attributes'>, classes: LifeClasses): Life {
  let type = 0;
  let life = NO_LIFE;
  for (const attribute of attributes) {
    const number = attributeNumber(attribute);
    if (attribute.type === classes.lifeType) type = number ?? 0;
    else if (attribute.type === classes.lifeDuration && number !== undefined) {
      if (type === LIFE_TYPE.seconds) life = { ...life, seconds: number };
      else if (type === LIFE_TYPE.kilobytes) life = { ...life, kilobytes: number };
    }
  }
  return life;
}

/** The shorter of each. */
export function shorterLife(a: Life, b: Life): Life {
  const shorter = (x: number, y: number): number => (x === 0 ? y : y === 0 ? x : Math.min(x, y));
  return { seconds: shorter(a.seconds, b.seconds), kilobytes: shorter(a.kilobytes, b.kilobytes) };
}

export function isSameLife(a: Life, b: Life): boolean {
  return a.seconds === b.seconds && a.kilobytes === b.kilobytes;
}

export function secondsOf(duration: Duration): number {
  return Math.ceil(duration / SECOND);
}

/** What an IPsec SA with these settings lives, as it is offered. */
export function offeredLife({ lifeTime, lifeBytes }: Lifetimes): Life {
  return { seconds: secondsOf(lifeTime), kilobytes: Math.ceil(lifeBytes / KILOBYTE) };
}

/** The settings cut to a life that was agreed on: what is to be replaced is replaced before it ends. */
export function withinLife(own: Lifetimes, { seconds, kilobytes }: Life): Lifetimes {
  const time = cut(own.rekeyTime, own.lifeTime, own.randTime, seconds * SECOND);
  const bytes = cut(own.rekeyBytes, own.lifeBytes, own.randBytes, kilobytes * KILOBYTE);
  return Object.assign({}, own, {
    rekeyTime: time.soft,
    lifeTime: time.hard,
    randTime: time.spread,
    rekeyBytes: bytes.soft,
    lifeBytes: bytes.hard,
    randBytes: bytes.spread,
  });
}

/** A soft limit of 0 stays 0: who does not rekey does not begin to because the peer ends earlier. */
function cut(soft: number, hard: number, spread: number, agreed: number) {
  if (agreed === 0 || (hard !== 0 && hard <= agreed)) return { soft, hard, spread };
  const tenth = Math.floor(agreed / 10);
  return {
    soft: soft === 0 ? 0 : Math.min(soft, agreed - tenth),
    hard: agreed,
    spread: Math.min(spread, tenth),
  };
}

/** The attributes of RESPONDER-LIFETIME (RFC 2407 §4.6.3.1), which has those of IPsec SAs. */
export const RESPONDER_LIFETIME_CLASSES: LifeClasses = IPSEC_ATTRIBUTE;
