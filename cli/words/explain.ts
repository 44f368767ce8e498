/** All that `ikebana explain` says. */
export const explainWords = {
  summary: 'say why something failed, as a chain of causes',
  about: `Runs a topology and answers why: the chain of causes from the effect back to what started it, each
with its time, the document and section that says so, and what usually cures it.

Without a question it explains every failed expectation and every kind of drop.`,
  examples: `
Examples:
  $ ikebana explain site-to-site
  $ ikebana explain nat-t-missing ping laptop to 10.1.0.20
  $ ikebana explain nat-t-missing 'ping laptop -> server, answered: 3'
                                                   any expectation, in the words of the file
  $ ikebana explain fail-ts ping alice to bob --cure
                                                   and which change of the topology cures it
  $ ikebana explain nat-t-tunnel packet 12         frame 12 of the run, as in its capture
  $ ikebana explain nat-t-tunnel tunnel office     the last that the run says of a name

Exit codes: 0 what was asked for held (without a question: all expectations did); 1 it failed; 2 bad input;
130 interrupted.`,
  cureOption: 'search what cures it: run the lab with every change that its plugins offer, and tell which help',
  cureOfWhat: '--cure works on expectations: ask without a question, or in the words of one, such as ping a to b',
  cures: 'Cures, each found by running the lab with it:',
  cured: '✓',
  partly: 'These mend what failed, but something else fails with them:',
  partlyCured: '~',
  and: ', and ',
  breaks: (goal: string) => `then fails: ${goal}`,
  noCure: (tried: number) => `No cure was found: the lab was run with ${tried} changes, and none mends everything.`,
  tried: (tried: number) => `${tried} changes were tried.`,
  nothingToCure: 'There is nothing to cure: everything that was expected holds.',
  json: 'answers as JSON on standard output',
  nothing: 'Nothing failed: all expectations held, and no packet was dropped.',
  held: 'held',
  failed: 'failed',
};
