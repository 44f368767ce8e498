/** All that `ikebana explain` says. */
export const explainWords = {
  summary: 'say why something failed, as a chain of causes',
  about: `Runs a topology and answers why: the chain of causes from the effect back to what started it, each
with its time, the document and section that says so, and what usually cures it.

Without a question it explains every failed expectation and every kind of drop.`,
  examples: `
Examples:
  $ ikebana explain site-to-site
  $ ikebana explain office.yaml ping laptop to 10.1.0.20
  $ ikebana explain office.yaml 'ping laptop -> server, answered: 3'
                                                   any expectation, in the words of the file
  $ ikebana explain office.yaml packet 12          frame 12 of the run, as in its capture
  $ ikebana explain office.yaml tunnel office      the last that the run says of a name

Exit codes: 0 what was asked for held (without a question: all expectations did); 1 it failed; 2 bad input;
130 interrupted.`,
  json: 'answers as JSON on standard output',
  nothing: 'Nothing failed: all expectations held, and no packet was dropped.',
  held: 'held',
  failed: 'failed',
};
