/** All that `ikebana plugins` says. */
export const pluginsWords = {
  summary: 'list the plugins and what each brings',
  about:
    'Lists the plugins, or tells all of one: documents it follows, what it requires and provides, actions, expectations.',
  examples: `
Examples:
  $ ikebana plugins
  $ ikebana plugins esp
  $ ikebana plugins --reference > topology.md      every key that a topology may have
  $ ikebana plugins --schema > topology.schema.json`,
  json: 'manifests as JSON on standard output',
  reference: 'the reference of topology files as Markdown, made from the schemas',
  schema: 'the JSON Schema of topology files, for editors',
  noSuchPlugin: (name: string, nearest: string | undefined) =>
    `there is no plugin ${name}${nearest === undefined ? '' : `. Did you mean ${nearest}?`}`,
  heads: {
    sources: 'Follows',
    requires: 'Requires',
    extends: 'Works with, where present',
    provides: 'Provides',
    uses: 'Uses of the host',
    fills: 'Fills for the host',
    reads: 'Reads',
    writes: 'Writes keys for other programs',
    actions: 'Actions of the timeline',
    expectations: 'Expectations',
    tables: 'Tables',
    codes: 'Notes and reasons for drops',
  },
};
