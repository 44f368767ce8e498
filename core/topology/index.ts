export { canonicalText } from './canonical.ts';
export type { Diagnostic, Path } from './diagnostic.ts';
export { type Kind, type Kinds, parseKinds } from './kinds.ts';
export { linkName, parseLinkName } from './links.ts';
export { type ParsedTopology, type ParseOptions, parseTopology } from './parse-topology.ts';
export { LINK_DEFAULTS } from './shape.ts';
export * from './topology.ts';
