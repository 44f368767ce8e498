import { contract } from '../../core/index.ts';
import type { KeyingCalls } from '../ipsec/contract.ts';

/** What `ikev1` answers to its siblings: it negotiates keys for `ipsec`. */
export type Ikev1Calls = KeyingCalls;
export const ikev1Contract = contract<Ikev1Calls>('ikev1');
