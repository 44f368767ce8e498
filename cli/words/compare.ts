const counted = (count: number, one: string, more: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : more}`;

interface Counts {
  readonly alike: number;
  readonly differ: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly contents: boolean;
}

/** All that `ikebana compare` says. */
export const compareWords = {
  summary: 'show where two labs, or two captures, part',
  about: `Runs two labs, aligns them record by record, and shows the first thing that one did and the other did not,
each with its chain of causes; then the expectations that came out differently. What a record is, is who did it
where, and what caused it: one packet more on one side shifts nothing.

A and B are labs as for \`ikebana run\`. Without B it is A once more: say with the flags how it differs.

Or they are pcap or pcapng files, or one of them: then packets are compared, conversation by conversation, in their
order. What differs from run to run (SPIs, nonces, checksums, ciphertext, times) is left out, and where the two have
other addresses, conversations of one protocol are taken for each other as they begin. Keys open what is sealed.
Shown is what one side alone has, and which fields differ in the rest.`,
  examples: `
Examples:
  $ ikebana compare site-to-site --without-b gw-b/ikev2
                                                   the same lab without a plugin
  $ ikebana compare nat-home --set-b nodes.home.plugins.nat.ports=random
                                                   one setting changed on side B
  $ ikebana compare nat-t-tunnel --seed-b 2        other luck: contents differ, what happens should not
  $ ikebana compare old.yaml new.yaml --json
  $ ikebana compare nat-t-tunnel office.pcapng --keys-b keys/
                                                   what a lab sends against what was recorded

Exit codes: 0 the two are alike; 1 they differ; 2 bad input, or a damaged capture; 130 interrupted.`,
  options: {
    setA: 'change a setting of A: path=value; may be given again',
    setB: 'change a setting of B',
    withoutA: 'take a plugin off a node of A, or a whole node away; may be given again',
    withoutB: 'take a plugin off a node of B, or a whole node away',
    seedA: 'seed of A',
    seedB: 'seed of B',
    keysA: "folder with keys of the capture A, or Wireshark's tables",
    keysB: 'folder with keys of the capture B',
    linkA: 'the link of the lab A that is compared with a capture; otherwise all',
    linkB: 'the link of the lab B',
    json: 'the comparison as JSON on standard output',
  },
  side: (side: string, name: string, seed: number, changes: string) =>
    `${side}  ${name} (seed ${seed})${changes === '' ? '' : `:${changes}`}`,
  alike: (alike: number, contents: boolean) =>
    `The runs are alike: ${counted(alike, 'happening', 'happenings')}${contents ? ', to the byte' : ', contents aside'}.`,
  counts: ({ alike, differ, onlyA, onlyB, contents }: Counts) => {
    const aside = contents ? '' : ' (contents aside: the seeds differ)';
    const other = differ === 0 ? '' : `, ${differ.toLocaleString('en')} with other contents`;
    const alone = `${onlyA.toLocaleString('en')} in A alone, ${onlyB.toLocaleString('en')} in B alone`;
    return `${counted(alike, 'happening is', 'happenings are')} in both${aside}${other}, ${alone}.`;
  },
  divergence: (at: string) => `They first part at ${at} s:`,
  nothing: 'nothing of its own',
  fields: 'The frames differ in',
  verdicts: 'Expectations that came out differently',
  held: 'held',
  failed: 'failed',
  absent: 'not expected',
};
