/** Exit codes that scripts can use. */
export const EXIT = {
  /** Everything held. */
  held: 0,
  /** Some expectation failed. */
  failed: 1,
  /** Bad input: a file, a flag, an output that cannot be written. */
  badInput: 2,
  /** A mistake of this program. */
  mistake: 70,
  /** Ctrl-C: 128 and the signal's number. */
  interrupted: 130,
  terminated: 143,
} as const;

/** What the user gave cannot be used: the message says what to do, and the program ends with `EXIT.badInput`. */
export class Refused extends Error {}

/** What the system says of a file, in words. */
export function systemReason(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && code in REASONS) return REASONS[code] as string;
  return error instanceof Error ? error.message : String(error);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  EEXIST: 'a file is in the way',
  ENOSPC: 'the disk is full',
  EADDRINUSE: 'another program listens there',
};
