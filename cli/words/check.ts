/** All that `ikebana check` says. */
export const checkWords = {
  summary: 'find every mistake in a topology without running it',
  about: `Reads topologies and tells all mistakes at once: file, line, column, what was expected, and the
nearest right word. Nothing is run.`,
  examples: `
Examples:
  $ ikebana check my.yaml
  $ ikebana check *.yaml --json                    for editors and scripts
  $ ikebana check site-to-site --set nodes.gw-a.kind=host
                                                   what would be missing

Exit codes: 0 no errors (warnings may be there); 2 errors.`,
  json: 'diagnostics as JSON on standard output',
  good: (name: string, nodes: number, links: number) =>
    `${name}: good (${nodes} ${nodes === 1 ? 'node' : 'nodes'}, ${links} ${links === 1 ? 'link' : 'links'})`,
};
