import { createInterface } from 'node:readline/promises';
import { Failure } from '@ralph/protocol/contract/failure';

/** Asks a person; where nobody can be asked it is not there. */
export type Ask = (question: string) => Promise<string>;

/**
 * Returns what asks a person on the terminal, where stdin and stderr are one. An answer comes without blanks around it
 * and in lower case; the end of the input is an empty one.
 */
export function askOnTerminal(signal: AbortSignal): Ask | undefined {
  const { stdin, stderr } = process;
  if (!stdin.isTTY || !stderr.isTTY) return undefined;
  let hasEnded = false;
  stdin.once('end', () => (hasEnded = true));
  return async (question) => {
    // Nothing would ever answer, nor keep the process alive.
    if (hasEnded) return '';
    // The terminal edits the line by itself, and its Ctrl-C reaches us as a signal.
    const lines = createInterface({ input: stdin, output: stderr, terminal: false });
    try {
      const ended = new Promise<string>((resolve) => void lines.once('close', () => resolve('')));
      return (await Promise.race([lines.question(question, { signal }), ended])).trim().toLowerCase();
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new Failure('cancelled', 'stopped before anything was written', {
        hint: 'ralph-orchestrate init --dry-run',
      });
    } finally {
      lines.close();
    }
  };
}
