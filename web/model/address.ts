import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import { momentText, readMoment } from './format.ts';

/** What the address's fragment carries: which lab, or its whole text; the seed; the instant that is looked at. */
export interface Address {
  readonly lab?: string;
  /** A topology of the reader's own, as text. */
  readonly topology?: string;
  readonly seed?: number;
  readonly moment?: number;
}

/** The longest topology that a link may carry, in octets of text. */
export const MOST_IN_LINK = 256 * 1024;

/** `lab=site-to-site&seed=7&at=1.204`: an own topology goes compressed as `topology`. */
export function writeAddress(address: Address): string {
  const parts: string[] = [];
  if (address.topology !== undefined) {
    parts.push(`topology=${toBase64Url(deflateSync(strToU8(address.topology), { level: 9 }))}`);
  } else if (address.lab !== undefined) parts.push(`lab=${encodeURIComponent(address.lab)}`);
  if (address.seed !== undefined) parts.push(`seed=${address.seed}`);
  if (address.moment !== undefined && address.moment > 0) parts.push(`at=${momentText(address.moment)}`);
  return parts.join('&');
}

/** Reads a fragment. What cannot be read is left out: a damaged link opens as much as it still says. */
export function readAddress(fragment: string): Address {
  const values = new Map<string, string>();
  for (const part of fragment.replace(/^#/, '').split('&')) {
    const at = part.indexOf('=');
    if (at > 0) values.set(part.slice(0, at), part.slice(at + 1));
  }
  const lab = decoded(values.get('lab'));
  const topology = inflated(values.get('topology'));
  const seed = /^\d{1,15}$/.test(values.get('seed') ?? '') ? Number(values.get('seed')) : undefined;
  const moment = readMoment(values.get('at') ?? '');
  return {
    ...(lab === undefined ? {} : { lab }),
    ...(topology === undefined ? {} : { topology }),
    ...(seed === undefined ? {} : { seed }),
    ...(moment === undefined ? {} : { moment }),
  };
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined || text === '' ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function inflated(text: string | undefined): string | undefined {
  if (text === undefined || text.length > MOST_IN_LINK) return undefined;
  try {
    // The target's size bounds what a crafted link can unpack to.
    const bytes = inflateSync(fromBase64Url(text), { out: new Uint8Array(MOST_IN_LINK) });
    return strFromU8(bytes);
  } catch {
    return undefined;
  }
}

function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
