import { cryptoNode } from './crypto-node/index.ts';

/** The plugins that need Node, a line each. What they fill they fill instead of the plugins that run anywhere. */
export const nodePlugins = [cryptoNode];
