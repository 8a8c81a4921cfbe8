import { join } from 'node:path';
import { statSync } from 'node:fs';
import type { Call, Result } from '@ralph/protocol/cli/program';
import type { LockRecord } from '@ralph/protocol/contract/lock-record';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import type { StopRequest } from '@ralph/protocol/contract/stop-request';
import { replaceFile } from '@ralph/protocol/process/durable-file';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { findGitRepository } from '@ralph/protocol/process/repository';
import { isRun, means, readStopRequest } from '../stop/judge-stop.ts';
import { loopHolder } from '../stop/loop-holder.ts';
import type { STOP_OPTIONS } from '../stop/stop-options.ts';
import { waitForEnd } from '../stop/wait-for-end.ts';

/** `ralph-orchestrate stop`: asks the run that holds the loop lock to finish what runs and to start nothing more. */
export async function run(call: Call<typeof STOP_OPTIONS>): Promise<Result> {
  const { args, output, stop } = call;
  const { root } = findGitRepository(args.repo);
  const path = join(root, RALPH_PATHS.stopRequest);
  const look = () => loopHolder(root, (line) => output.note(line));
  const holder = await look();
  if (holder === undefined || !isRun(holder)) {
    const other = holder === undefined ? '' : `; pid ${holder.pid} holds the lock: ${holder.prompt}`;
    const text = `no run of this repository goes on, nothing is to be stopped${other}\n`;
    return { record: { requested: false, already: false, holder: holder ?? null, path }, text };
  }
  const already = stands(path, holder);
  if (!already) await replaceFile(path, `${JSON.stringify(requestTo(holder))}\n`);
  const said = already ? 'it was asked to stop already' : 'it is asked to stop';
  const text = `${said}: the run of pid ${holder.pid} finishes what runs and starts nothing more\n`;
  if (args.wait !== undefined) {
    output.note(text.trimEnd());
    await waitForEnd({ root, holder, look, seconds: args.wait, signal: stop.signal });
  }
  const ended = args.wait === undefined ? {} : { ended: true };
  const after = args.wait === undefined ? text : 'it has ended\n';
  return { record: { requested: true, already, holder, path, ...ended }, text: after };
}

/** Tells whether a request stands that the run heeds. */
function stands(path: string, holder: LockRecord): boolean {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return false;
  const request = readStopRequest(readTextIfPresent(path) ?? '');
  return request !== undefined && means(request, holder);
}

function requestTo({ pid, start_time = '', token }: LockRecord): StopRequest {
  return { pid, start_time, ...(token === undefined ? {} : { token }), at: new Date().toISOString() };
}
