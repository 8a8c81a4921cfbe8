/** What a page tells beside the run. */
export interface PageFacts {
  /** The name of the repository's folder. */
  readonly repository: string;
  readonly isRunning: boolean;
  /** Lines of the log that could not be read. */
  readonly broken: number;
  /** When the page is made, in ms since 1970. */
  readonly now: number;
}
