import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Input } from '@ralph/protocol/cli/input';
import type { Call, Result } from '@ralph/protocol/cli/program';
import { Failure } from '@ralph/protocol/contract/failure';
import { parseLine } from '@ralph/protocol/contract/parse-line';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { scrubbedEnvironment } from '@ralph/protocol/process/environment';
import { git } from '@ralph/protocol/process/git';
import { siblingCommand } from '@ralph/protocol/process/sibling-command';
import { demoText, surprises, type DemoEnd } from '../demo/demo-report.ts';
import { makeDemoRepository, type DemoRepository } from '../demo/demo-repository.ts';
import type { DEMO_OPTIONS } from '../options.ts';
import { foldResult, type Results } from '../run/results.ts';

/**
 * `ralph-orchestrate demo`: makes a repository, lets `run` work through its queue, and holds what the events said
 * against what the origin has.
 */
export async function run(call: Call<typeof DEMO_OPTIONS>): Promise<Result> {
  const { args, output, stop } = call;
  const format = args.format ?? 'table';
  output.format = format;
  const demo = await makeDemoRepository();
  output.note(`A repository with eleven tasks, made for this demo: ${demo.root}\n`);
  const status = await orchestrate(demo, args.workers, format);
  if (stop.signal.aborted) {
    output.note(`The demo was ended; what there is of it is in ${demo.folder} (to remove it: rm -rf ${demo.folder})`);
    return {};
  }
  const end = await readEnd(join(demo.root, RALPH_PATHS.events), stop.signal);
  const subjects = await git(['log', '--format=%s%n%b', 'main'], { cwd: demo.origin });
  const unexpected = surprises(end.results, end.mended, subjects.match(/RQ-\d{4}/g) ?? []);
  if (status !== 2) unexpected.push(`the run was to end with status 2, but ended with ${status}`);
  if (unexpected.length > 0) {
    throw new Failure('internal', `the demo did not go as it should: ${unexpected.join('; ')}`, {
      hint: `look at ${demo.folder}`,
    });
  }
  const log = await git(['log', '--format=%h %s', 'main'], { cwd: demo.origin });
  return {
    record: {
      repository: demo.root,
      origin: demo.origin,
      tasks: [...end.results.values()],
      mended: [...end.mended.keys()],
    },
    text: demoText(demo, end, log),
  };
}

/** Spawns the real `run`, as a user would, and returns its status. */
function orchestrate(demo: DemoRepository, workers: number, format: string): Promise<number> {
  const agent = fileURLToPath(new URL('../demo/agent.mjs', import.meta.url));
  const [program = '', ...before] = siblingCommand('ralph-orchestrate');
  const args = [...before, 'run', '--repo', demo.root, '--workers', String(workers), '--format', format];
  const child = spawn(program, [...args, '--ci', 'sh check.sh', '--', process.execPath, agent], {
    stdio: ['ignore', 'inherit', 'inherit'],
    // Nobody's own configuration shows in it.
    env: { ...scrubbedEnvironment(), XDG_CONFIG_HOME: demo.folder },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

async function readEnd(path: string, signal: AbortSignal): Promise<DemoEnd> {
  let results: Results = new Map();
  const troubles = new Map<string, string>();
  const mended = new Map<string, string>();
  for await (const { record, number } of new Input({ stream: createReadStream(path), signal }).lines()) {
    const line = parseLine(record, number);
    if (line.kind !== 'event') continue;
    const { event } = line;
    results = foldResult(results, event);
    if (event.type === 'remediation.started') troubles.set(event.task_id, event.code);
    if (event.type === 'remediation.finished' && event.result === 'resolved')
      mended.set(event.task_id, troubles.get(event.task_id) ?? '');
  }
  return { results, mended };
}
