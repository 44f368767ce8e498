/** Where the text of the lab came from. */
export interface LabSource {
  /** The shipped lab's id; undefined for a file or the reader's own text. */
  readonly id?: string;
  readonly fileName: string;
  readonly text: string;
}
