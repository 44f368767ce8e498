/** All that `ikebana web` says. */
export const webWords = {
  summary: 'serve the web lab on localhost',
  about: `Serves the page of the lab to this machine alone and prints its address. The page is built first when it
is absent or older than its sources.`,
  examples: `
Examples:
  $ ikebana web
  $ ikebana web --port 8080

Ctrl-C ends it.`,
  port: 'port to listen on (default: 4173, or the next free one)',
  address: (address: string) => `The lab is at ${address}`,
  building: 'Building the page …',
  notBuilt: 'the page could not be built; `npm run build` says why',
  wrongPort: (text: string) => `--port ${text} is no number from 0 to 65535`,
  cannotListen: (port: number, why: string) => `port ${port} cannot be used: ${why}`,
};
