/** All that another plugin may import from the provider on node:crypto. */
export { createNodeProvider } from './provider.ts';
