const counted = (count: number, one: string, more: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : more}`;

/** How to capture one link: those of this run that a table of its keys needs, or any. */
const captureLines = (oneLink: readonly (readonly string[])[]): string =>
  (oneLink.length === 0 ? ['--pcap-link "a:wan -- b:wan"'] : [...new Set(oneLink.flat())])
    .map((flag) => `  ikebana run LAB --pcap one-link.pcapng ${flag}`)
    .join('\n');

/** All that `ikebana run` says. */
export const runWords = {
  summary: 'run a lab and judge its expectations',
  about: `Runs a topology from time 0 to its end, tells what happened, and judges each expectation
with the evidence that decided. The same topology and seed give the same bytes every time.

LAB is the name of a lab that comes along, a topology file, or - for standard input.`,
  examples: `
Examples:
  $ ikebana run site-to-site                       a lab that comes along
  $ ikebana run nat-t-tunnel --pcap office.pcapng --keys keys/
                                                   with a capture, and the keys that open it
  $ ikebana run nat-t-tunnel --pcap wan.pcapng --pcap-link "home:wan -- isp:home"
                                                   a capture of one link; home:wan says the same
  $ ikebana run nat-t-tunnel --set nodes.home.plugins.nat.udp_timeout=15s
                                                   one setting changed
  $ ikebana run nat-t-tunnel --without laptop/nat-t
                                                   the same without a plugin on a node
  $ ikebana run nat-t-tunnel --until 90s --tables  what every node knows at that time
  $ ikebana run nat-t-tunnel --until 90s --json    for scripts
  $ ikebana run edge.yaml --inputs monday.log      a live run again, to the same bytes

Exit codes: 0 all expectations held; 1 some failed; 2 bad input; 130 interrupted (what is done is kept).`,
  options: {
    seed: 'seed of all random streams (default: the one of the file)',
    until: 'stop at this time of the run: 90s, 5min, 1h',
    inputs: 'run a live run again from the input log that `ikebana attach --log` wrote',
    set: 'change a setting: a path into the file, =, and a value; may be given again',
    without: 'take a plugin off a node, with what requires it, or a whole node away; may be given again',
    pcap: 'write all frames as pcapng, each link an interface',
    pcapLink:
      'only the frames of this link: its name, a node and its interface, or a node for all of its links; may be given again',
    keys: 'write the key tables for Wireshark and tshark into this folder',
    tables: 'show the tables of every node as they are at the end: policies, associations, mappings, leases, routes',
    full: 'tell every single happening',
    quiet: 'only verdicts and summary',
    json: 'the outcome as JSON on standard output',
  },
  progress: '{bar} {percentage}% | {now} | {events} events | {frames} frames',
  expectations: 'Expectations',
  noExpectations: 'The topology expects nothing.',
  held: (count: number) => `${counted(count, 'happening is', 'happenings are')} not told: --full tells them all.`,
  outcome: (name: string, seed: number, held: number, of: number) =>
    `${name} (seed ${seed}): ${of === 0 ? 'no expectations' : `${held} of ${counted(of, 'expectation', 'expectations')} held`}`,
  figures: (frames: number, drops: number, events: number, simulated: string, seconds: string) =>
    `${counted(frames, 'frame', 'frames')}, ${counted(drops, 'drop', 'drops')}, ${counted(events, 'event', 'events')}; ${simulated} simulated in ${seconds} s`,
  interrupted: (at: string) => `Interrupted at ${at} of the run: the figures and files hold what was done so far.`,
  stopped: (at: string, why: string) => `The run stopped at ${at}: ${why}`,
  until: (at: string) => `Judged at ${at}, before the end of the run.`,
  wrote: (path: string, what: string) => `${what}: ${path}`,
  frames: 'frames',
  keyTables: 'key tables',
  noKeys: 'there was no key to write',
  why: (file: string) => `Why: ikebana explain ${file}`,
  wrongSet: (text: string) =>
    `--set ${text} has no =: write path=value, such as nodes.home.plugins.nat.udp_timeout=30s`,
  wrongWithout: (text: string) => `--without ${text}: write node/plugin, such as laptop/nat-t, or node`,
  wrongSeed: (text: string) => `--seed ${text} is no whole number from 0 to 9007199254740991`,
  wrongTime: (option: string, text: string, why: string) => `${option} ${text}: ${why}`,
  linkWithoutPcap: '--pcap-link says which links a capture takes: --pcap FILE is missing',
  wrongLink: (why: string) => `--pcap-link: ${why}`,
  needsOneLink: (file: string, flags: readonly string[]) =>
    `${file}: Wireshark counts every copy of a message, and this capture has them on several links. Take ${
      flags.length === 1 ? flags[0] : `a capture for each of ${flags.join(', ')}`
    }`,
  keysReadme: (
    tables: readonly { readonly file: string; readonly about: string }[],
    oneLink: readonly (readonly string[])[],
  ) =>
    `Keys of a run of Ikebana, for Wireshark and tshark. Whoever has these files can read its captures.

${tables.map(({ file, about }) => `${file}: ${about}`).join('\n')}

Copy the files into a profile folder of Wireshark (Help > About Wireshark > Folders > Personal configuration),
or name this folder for one command:

  WIRESHARK_CONFIG_DIR="$PWD" tshark -o esp.enable_encryption_decode:TRUE -r capture.pcapng

A packet that crosses several links stands in a capture of all of them once for each. A capture of one link, by its name:

${captureLines(oneLink)}

keys.jsonl holds the same keys for \`ikebana capture --keys\`.
`,
};
