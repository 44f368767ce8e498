/** What the story of a run, its verdicts and its chains of causes are told with. */
export const storyWords = {
  mark: { note: '·', input: '▸', failed: '✗' },
  held: 'held  ',
  failed: 'FAILED',
  because: 'because',
  cure: 'cure:',
  times: (count: number) => `(${count} times)`,
  more: (count: number) => `… and ${count} steps before that`,
};
