import { contract } from '../../core/index.ts';
import type { KeyingCalls } from '../ipsec/contract.ts';

/** What `ikev2` answers to its siblings: it negotiates keys for `ipsec`. */
export type Ikev2Calls = KeyingCalls;
export const ikev2Contract = contract<Ikev2Calls>('ikev2');
