/** What the command `ikebana` says of itself. */
export const programWords = {
  about: `An IPsec topology lab. Draw a network in YAML, run it, and see real encoded packets cross it.`,
  examples: `
Start here:
  $ ikebana run site-to-site       run a lab that comes along, see its story and verdicts
  $ ikebana web                    the same labs on a canvas in the browser
  $ ikebana check my.yaml          all mistakes of a topology at once
  $ ikebana explain my.yaml        why something failed

Each command tells more: ikebana run --help`,
  failed: (message: string) => `ikebana: ${message}`,
  mistake: 'ikebana: this is a mistake in ikebana itself; please report it with the topology that shows it',
};
