import { tryGit, type GitOptions, type GitResult } from '@ralph/protocol/process/git';

export interface SoughtRecords {
  /** What stands behind each record. */
  readonly separator: '\0' | '\n';
  /** How a record begins that is looked for, as the source of a regular expression. */
  readonly begins: string;
}

/** Finds records in bytes that come in pieces, and keeps nothing of the others. */
export class RecordSieve {
  readonly #sought: RegExp;
  readonly #separator: string;
  readonly #onRecord: (record: string) => void;
  #rest = '';

  constructor({ separator, begins }: SoughtRecords, onRecord: (record: string) => void) {
    const [stop, any] = separator === '\0' ? [String.raw`\0`, String.raw`[^\0]`] : [String.raw`\n`, String.raw`[^\n]`];
    this.#sought = new RegExp(`(?:^|${stop})((?=${any})${begins}${any}*)`, 'g');
    this.#separator = separator;
    this.#onRecord = onRecord;
  }

  /** Looks through a piece; what stands behind its last separator waits for the next one. */
  take(piece: Buffer): void {
    // One character for each byte, so that none is cut in two.
    const text = this.#rest + piece.toString('latin1');
    const end = text.lastIndexOf(this.#separator);
    if (end !== -1) this.#search(text.slice(0, end));
    this.#rest = text.slice(end + 1);
  }

  /** Looks at what no separator has ended. */
  end(): void {
    this.#search(this.#rest);
    this.#rest = '';
  }

  #search(text: string): void {
    for (const [, record = ''] of text.matchAll(this.#sought)) this.#onRecord(Buffer.from(record, 'latin1').toString());
  }
}

/**
 * Runs git and hands on those of the records it prints that are looked for, so that our memory does not grow with the
 * files of a repository; the result has no output. What is handed on counts only when git has ended well.
 *
 * @throws Failure as `tryGit`
 */
export async function trySoughtRecords(
  args: readonly string[],
  where: GitOptions,
  sought: SoughtRecords,
  onRecord: (record: string) => void,
): Promise<GitResult> {
  const sieve = new RecordSieve(sought, onRecord);
  const result = await tryGit(args, { ...where, onOutput: (piece) => sieve.take(piece) });
  sieve.end();
  return result;
}
