const counted = (count: number, one: string, more: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : more}`;

/** What `ikebana compare` says of captures. */
export const compareCaptureWords = {
  oneAlone: (path: string) => `${path} is a capture: say what to compare it with, another capture or a lab`,
  notOfCapture: (flag: string, path: string) => `${flag}: ${path} is a capture, and nothing of it can be changed`,
  notOfLabs: (flag: string) =>
    `${flag} is for captures: of two labs their runs are compared, and nothing in them is sealed`,
  linkOfCapture: (flag: string, path: string) => `${flag} chooses a link of a lab: ${path} is a capture`,
  tooMany: (path: string, count: number, most: number) =>
    `${path} holds ${count} packets, more than can be compared (${most}): cut it first`,
  side: (side: string, name: string, packets: number) => `${side}  ${name} (${counted(packets, 'packet', 'packets')})`,
  addresses: (pairs: readonly { a: string; b: string }[]) =>
    `Taken for each other, A = B: ${pairs.map(({ a, b }) => `${a} = ${b}`).join(', ')}`,
  alike: (alike: number) =>
    `The captures are alike: ${counted(alike, 'packet', 'packets')}, what differs from run to run aside.`,
  counts: ({ alike, differ, onlyA, onlyB }: { alike: number; differ: number; onlyA: number; onlyB: number }) =>
    `${counted(alike + differ, 'packet is', 'packets are')} in both${differ === 0 ? '' : `, ${differ.toLocaleString('en')} of them with other fields`}; ${onlyA.toLocaleString('en')} in A alone, ${onlyB.toLocaleString('en')} in B alone.`,
  conversation: (
    protocol: string,
    ends: string,
    { alike, differ, onlyA, onlyB }: { alike: number; differ: number; onlyA: number; onlyB: number },
  ) =>
    `  ${protocol.padEnd(9)} ${ends}: ${alike} alike, ${differ} with other fields, ${onlyA} in A alone, ${onlyB} in B alone`,
  packet: (number: number, time: string) => `#${number}${time === '' ? '' : `, ${time} s`}`,
  more: (count: number) => `… and ${counted(count, 'difference', 'differences')} more: --json has up to a thousand`,
  moreFields: (count: number) => `    … and ${counted(count, 'field', 'fields')} more`,
  nothing: '-',
};
