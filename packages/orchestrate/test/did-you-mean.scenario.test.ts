import { expect, it } from 'vitest';
import { errorRecord, runProgram } from '@ralph/protocol/testing/run-built-program';
import { temporaryFolder } from '@ralph/protocol/testing/temporary-folder';

it.each([
  ['ralph-lock', ['rn', '--', 'true'], 'unknown command rn; did you mean run?'],
  ['ralph-lock', ['run', '--wati', '--', 'true'], 'unknown option --wati; did you mean --wait?'],
  ['ralph-lock', ['run', '--on-lost=stpo', '--', 'true'], 'not one of stop, continue; did you mean stop?'],
  ['ralph-state', ['task', 'lits'], 'unknown command task lits; did you mean task list?'],
  ['ralph-state', ['add', '--title', 'x'], 'unknown command add; did you mean task add?'],
  ['ralph-state', ['list', '--runnable'], 'unknown option --runnable; it belongs to task list'],
  ['ralph-state', ['task', 'add', '--priority', 'hihg'], 'low; did you mean high?'],
  ['ralph-worker', ['worktree', 'lst'], 'unknown command worktree lst; did you mean worktree list?'],
  ['ralph-worker', ['logs', 'RQ-0001', '--folow'], 'unknown option --folow; did you mean --follow?'],
  ['ralph-worker', ['run', '--sandbox', 'bwrp', '--', 'x'], 'not one of none, bwrap; did you mean bwrap?'],
  ['ralph-integrate', ['preflihgt'], 'unknown command preflihgt; did you mean preflight?'],
  ['ralph-integrate', ['run', '--landing', 'trian'], 'serial; did you mean train?'],
  ['ralph-orchestrate', ['notify', 'snd'], 'unknown command notify snd; did you mean notify send?'],
  ['ralph-orchestrate', ['run', '--sand', 'bwrap'], 'unknown option --sand; did you mean --sandbox?'],
  ['ralph-orchestrate', ['run', '--on-busy', 'wiat'], 'worktree; did you mean wait?'],
] as const)('%s %j: the answer names what was meant', async (program, args, message) => {
  const { status, stdout, stderr } = await runProgram(program, args, { cwd: temporaryFolder() });
  expect({ status, stdout, message: errorRecord(stderr)['message'] }).toEqual({
    status: 64,
    stdout: '',
    message: expect.stringContaining(message),
  });
});
