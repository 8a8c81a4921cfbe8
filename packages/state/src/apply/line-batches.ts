import type { InputLine } from '@ralph/protocol/cli/input';

const MOST_LINES = 1000;
const MOST_CHARACTERS = 4 * 1024 * 1024;

/**
 * Yields lines in batches: whatever has arrived while the consumer was busy with the batch before. A line never waits
 * for another one. Reading stops while a full batch waits. An error of the input is thrown after the lines before it.
 */
export async function* lineBatches(lines: AsyncIterable<InputLine>): AsyncGenerator<readonly InputLine[]> {
  let waiting: InputLine[] = [];
  let characters = 0;
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  let wake = () => {};
  let resume = () => {};
  const pump = async () => {
    try {
      for await (const line of lines) {
        waiting.push(line);
        characters += line.text.length;
        wake();
        if (waiting.length >= MOST_LINES || characters >= MOST_CHARACTERS) {
          await new Promise<void>((resolve) => (resume = resolve));
        }
      }
    } catch (error) {
      failure = { error };
    }
    ended = true;
    wake();
  };
  const pumping = pump();
  while (!ended || waiting.length > 0) {
    if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    // Lines of one chunk come turn by turn; let them all in before the batch is closed.
    await new Promise<void>((resolve) => setImmediate(resolve));
    const batch = waiting;
    waiting = [];
    characters = 0;
    resume();
    if (batch.length > 0) yield batch;
  }
  await pumping;
  if (failure !== undefined) throw failure.error;
}
