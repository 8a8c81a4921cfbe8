import { commandLine, quoted } from '@ralph/protocol/cli/shell-words';
import type { NextStep } from '@ralph/protocol/contract/status-document';
import type { QueueLock } from './facts.ts';

/**
 * Returns what a person does about the directory lock of ralph-agent-loop. A lock whose owner lives is never advised
 * to be removed; a stale one only if its owner has not come back to life since.
 */
export function lockSteps({ path, condition, pid }: QueueLock, lookAgain: string): NextStep[] {
  const again = { title: 'Look again', command: lookAgain, detail: 'Afterwards, before anything else is mended.' };
  const remove = commandLine(['rm', '-r', path]);
  switch (condition) {
    case 'live': {
      const look = commandLine(['ps', '-o', 'pid,lstart,args', '-p', String(pid)]);
      return [
        { title: 'See who holds the lock', command: look, detail: 'Wait until it has ended, or stop it.' },
        again,
      ];
    }
    case 'stale': {
      const command = `ps -p ${quoted(String(pid))} || ${remove}`;
      const detail = `Unless process ${pid} is there again; "ralph queue unlock" of ralph-agent-loop does the same.`;
      return [{ title: 'Remove the stale lock', command, detail }, again];
    }
    case 'missing':
    case 'unreadable': {
      const detail = 'Only when no process of ralph-agent-loop is at work here.';
      return [
        {
          title: 'Look into the lock',
          command: commandLine(['ls', '-lA', path]),
          detail: 'It is made at the start of a run.',
        },
        { title: 'Remove the broken lock', command: remove, detail },
        again,
      ];
    }
  }
}
