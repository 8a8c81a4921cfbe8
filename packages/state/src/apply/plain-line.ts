import type { InputLine } from '@ralph/protocol/cli/input';
import { badLine } from '@ralph/protocol/contract/bad-line';
import { isFailure } from '@ralph/protocol/contract/failure';
import { plainJson } from '../store/plain-json.ts';

/**
 * Insists that what a line says can be kept in a file that other programs read: no key twice, no half of a surrogate
 * pair, no nesting without end.
 *
 * @throws Failure `bad_line`
 */
export async function requirePlainLine({ text, number }: InputLine): Promise<void> {
  if (plainJson(text) !== undefined) return;
  const { parseJsonc } = await import('@ralph/protocol/process/read-jsonc');
  try {
    await parseJsonc(text, `line ${number}`, 'bad_line');
  } catch (error) {
    if (!isFailure(error)) throw error;
    throw badLine(number, error.message.replace(/^line \d+:1:/, 'column '));
  }
}
