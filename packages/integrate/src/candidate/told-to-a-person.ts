import { printable } from '@ralph/protocol/cli/printable';
import type { Settings } from '../site/settings.ts';
import type { Candidate } from './candidate.ts';
import { landAgain, nextCommand } from './next-command.ts';
import type { Outcome } from './outcome.ts';

/**
 * Returns what a person reads on stderr about work that has not landed: what to type, as stdout may be a table or the
 * stdin of another program. Nothing about what has landed or is published.
 */
export function toldToAPerson(settings: Settings, candidate: Candidate, outcome: Outcome): string | undefined {
  const land = landAgain(settings, candidate);
  switch (outcome.kind) {
    case 'landed':
    case 'published':
      return undefined;
    case 'stopped':
      return printable(`ralph-integrate: ${candidate.taskId}: stopped, its work is kept\n  next: ${land}`);
    case 'blocked': {
      const next = nextCommand(outcome.failure, land);
      const then = next === land ? '' : `\n  then: ${land}`;
      return printable(`ralph-integrate: ${candidate.taskId}: blocked\n  next: ${next}${then}`);
    }
    case 'failed':
    case 'skipped':
      return printable(
        `ralph-integrate: ${candidate.taskId}: ${outcome.kind}\n  next: ${nextCommand(outcome.failure, land)}`,
      );
  }
}
