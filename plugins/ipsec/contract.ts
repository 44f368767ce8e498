/** All that another plugin may import: what keying protocols and the protocols that protect packets share with the policies. */
export * from './calls.ts';
export * from './choose-proposal.ts';
export * from './connection.ts';
export * from './identity.ts';
export * from './keywords.ts';
export * from './proposal.ts';
export * from './selector-text.ts';
export * from './selectors.ts';
export * from './transforms.ts';
