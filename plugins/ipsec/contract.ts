/** All that another plugin may import: what keying protocols and the protocols that protect packets share with the policies. */
import type { IpsecConfig } from './state.ts';

export * from './calls.ts';
export * from './choose-proposal.ts';
export * from './connection.ts';
export * from './identity.ts';
export { integrityValue } from './integrity.ts';
export * from './keywords.ts';
export * from './nat-traversal.ts';
export * from './proposal.ts';
export * from './replay.ts';
export * from './sa-material.ts';
export * from './selector-text.ts';
export * from './selectors.ts';
export * from './spi.ts';
export * from './transforms.ts';
export { rewriteHeader } from './tunnel-header.ts';
export * from './weakness.ts';
export * from './which-connection.ts';

/** What keying protocols may look at of the settings of a checked topology. */
export type ConfiguredConnections = Pick<IpsecConfig, 'connections' | 'secrets'>;
