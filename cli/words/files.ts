/** What is said of files. */
export const filesWords = {
  standardInput: 'standard input',
  noSuchLab: (given: string, nearest: string | undefined, labs: readonly string[]) =>
    [
      `there is no lab and no file ${given}${nearest === undefined ? '' : `. Did you mean ${nearest}?`}`,
      ...(labs.length === 0 ? [] : [`Labs that come along: ${labs.join(', ')}`]),
    ].join('\n'),
  notText: (name: string) => `${name} is no text in UTF-8`,
  otherText: (name: string) => `${name} is written in UTF-16: save it as UTF-8`,
  isFolder: (name: string) => `${name} is a folder without a topology.yaml`,
  tooLarge: (name: string, size: number, most: number) => `${name} has ${size} octets; at most ${most} are read`,
  endless: (name: string, most: number) => `${name} does not end: at most ${most} octets are read`,
  cannotRead: (name: string, why: string) => `${name} cannot be read: ${why}`,
  wouldOverwrite: (path: string) => `${path} is the topology itself: it is not written over`,
  cannotWrite: (path: string, why: string) => `${path} cannot be written: ${why}`,
};
