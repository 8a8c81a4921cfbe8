import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Call, Result } from '@ralph/protocol/cli/program';
import type { StopCause } from '@ralph/protocol/cli/stop';
import { asIoFailure } from '@ralph/protocol/contract/failure';
import { requireExecutable } from '@ralph/protocol/process/find-executable';
import { lockPath } from '../lock-path.ts';
import type { TAKE_OPTIONS } from '../options.ts';
import { takeLock } from '../take-lock.ts';

/** `ralph-lock run`: holds the lock while a command runs and ends with the command's own status. */
export async function run(call: Call<typeof TAKE_OPTIONS>): Promise<Result> {
  const { args, output, stop } = call;
  requireExecutable(call.command[0] ?? '', process.cwd());
  const path = lockPath(args.repo, args.name);
  const lock = await takeLock({
    path,
    prompt: args.prompt ?? call.command.join(' '),
    wait: args.wait,
    signal: stop.signal,
    output,
  });
  call.cleanup.defer('release the lock', lock.release);
  return { exit: await runCommand(call.command, stop.signal) };
}

function runCommand(command: readonly string[], signal: AbortSignal): Promise<number> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    const forward = () => {
      const cause = signal.reason as StopCause;
      const name = cause.kind === 'signal' ? cause.signal : 'SIGTERM';
      // The Ctrl-C of a terminal has reached the command already; a second one would mean "at once" to many programs.
      if (name !== 'SIGINT' || !process.stdin.isTTY) child.kill(name);
    };
    signal.addEventListener('abort', forward, { once: true });
    if (signal.aborted) forward();
    child.on('error', (error) => reject(asIoFailure(error, `start ${program}`)));
    child.on('close', (code, name) => {
      signal.removeEventListener('abort', forward);
      resolve(code ?? 128 + (name === null ? 0 : constants.signals[name]));
    });
  });
}
