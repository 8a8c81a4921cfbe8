/** A command for a starter. */
export interface StarterCommand {
  readonly command: readonly string[];
  /** A folder that exists. */
  readonly cwd: string;
  /** Added to the environment that the starter was opened with. */
  readonly env: Readonly<Record<string, string>>;
  readonly input: string | undefined;
  readonly limitMs: number;
  readonly signal: AbortSignal | undefined;
  /** Gets the output in pieces after the end, in place of the result. */
  readonly onOutput?: ((piece: Buffer) => void) | undefined;
}

/** Where the streams of a command lead. */
export interface Redirections {
  readonly inPath: string;
  readonly outPath: string;
  readonly errPath: string;
}

/**
 * A program that starts others, told by its stdin what to start. It answers with lines: `began NUMBER GROUP`, and `ended
 * NUMBER STATUS`, where one above 129 stands for an end by a signal, or for a command that could not be started.
 */
export interface StarterKind {
  readonly program: string;
  readonly args: readonly string[];
  /** Returns its own environment, from that of the commands. */
  readonly environment: (env: NodeJS.ProcessEnv) => NodeJS.ProcessEnv;
  /** Returns what it is told first. */
  readonly begin: (env: NodeJS.ProcessEnv) => string;
  readonly text: (number: number, command: StarterCommand, files: Redirections) => string;
}
