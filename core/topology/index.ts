export { canonicalText, compareNames } from './canonical.ts';
export { type ChangedTopology, type ChangeOptions, type Changes, changedTopology } from './changed.ts';
export { type Completion, type CompletionOptions, type Completions, completionsAt } from './completions.ts';
export {
  createReport,
  createSource,
  type Diagnostic,
  type Path,
  type Report,
  type Source,
  type Span,
} from './diagnostic.ts';
export { applyFragments } from './fragments.ts';
export { type JsonSchema, topologySchema } from './json-schema.ts';
export { type Kind, type Kinds, parseKinds } from './kinds.ts';
export { linkName, parseLinkName } from './links.ts';
export { type LiveOptions, parseAction, parseExpectation } from './live.ts';
export { applyOverrides, type Overridden, type Override } from './overrides.ts';
export { type ParsedTopology, type ParseOptions, parseTopology } from './parse-topology.ts';
export { asList, asMap, onlyKeys, unknownName } from './reading.ts';
export { topologyReference } from './reference.ts';
export { readDocument } from './resolve.ts';
export { LINK_DEFAULTS } from './shape.ts';
export * from './topology.ts';
export { type Reduced, type WithoutOptions, withoutParts } from './without.ts';
export {
  describeWritten,
  isNothing,
  onOneLine,
  plainOf,
  type Written,
  type WrittenEntry,
  type WrittenMap,
  wordOf,
} from './written.ts';
export { canonicalLink } from './written-path.ts';
