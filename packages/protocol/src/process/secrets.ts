import { Redaction } from '../cli/redact.ts';
import { secretFiles, secretValues, topSecretFiles } from './secret-values.ts';

/** The secrets of a repository and of its workspaces, as far as they are in `.env` files. */
export class Secrets {
  readonly redaction = new Redaction();
  /** Relative to the root; a workspace gets its own of them. */
  readonly #files: readonly string[];

  /** Reads the files of the user's repository. */
  constructor(repoRoot: string) {
    this.#files = secretFiles(repoRoot);
    this.redaction.learn(secretValues(repoRoot, this.#files));
  }

  /** Reads the files of a workspace. */
  learnFrom(workspace: string): void {
    const files = new Set([...this.#files, ...topSecretFiles(workspace)]);
    this.redaction.learn(secretValues(workspace, [...files]));
  }

  /** Returns a text without secrets. */
  readonly redact = (text: string): string => this.redaction.text(text);

  /** Returns a text that will go on without secrets, and without what may be the beginning of one at its end. */
  readonly redactSoFar = (text: string): string => this.redaction.textSoFar(text);
}
