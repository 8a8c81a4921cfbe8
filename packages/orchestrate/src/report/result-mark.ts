import type { ReceiptResult } from '../record/task-receipt.ts';
import { markup, type Html } from './markup.ts';

const MARKS: Readonly<Record<ReceiptResult, string>> = {
  landed: '✓',
  published: '↗',
  failed: '✗',
  blocked: '■',
  unfinished: '…',
};

/** Returns the sign of a result, which says by its form what it says by its colour. */
export function markOf(result: ReceiptResult): Html {
  return markup`<span class="mark ${result}" title="${result}" aria-label="${result}" role="img">${MARKS[result]}</span>`;
}

/** Returns the word for a result: what is not finished is being worked on while its run goes on. */
export function resultWord(result: ReceiptResult, isRunning: boolean): string {
  return result === 'unfinished' && isRunning ? 'at work' : result;
}
