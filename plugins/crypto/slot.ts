import { slot } from '../../core/index.ts';
import type { CryptoProvider } from './provider.ts';

/** The host fills it with one provider for a whole run; a topology cannot choose. */
export const cryptoSlot = slot<CryptoProvider>('crypto');
