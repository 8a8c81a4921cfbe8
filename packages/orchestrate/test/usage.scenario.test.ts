import { expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository } from '@ralph/protocol/testing/temporary-repository';

/** Prints what Claude Code does at its end, in the session of the task and attempt. */
const LIKE_CLAUDE = `say() {
  printf '{"type":"result","session_id":"%s","total_cost_usd":%s,' "$RALPH_TASK_ID.$RALPH_ATTEMPT.$RALPH_HANDOFF" "$1"
  printf '"usage":{"input_tokens":%s,"output_tokens":%s,"cache_read_input_tokens":100}}\\n' "$2" "$3"
}`;

it('the receipts of tasks say what their agents and resolvers used, that of the run their sum, and who said nothing', async () => {
  const repository = temporaryRepository();
  repository.queue(['RQ-0001', 'RQ-0002', 'RQ-0003', 'RQ-0004'].map((id) => queueTask(id)));
  const agent = scriptedCommand(
    repository.folder,
    'agent',
    `${LIKE_CLAUDE}
     case "$RALPH_TASK_ID" in
       RQ-0001) if test -n "$RALPH_HANDOFF"; then say 0.2 20 2; touch mended; else say 0.1 10 1; touch one; fi ;;
       RQ-0002) say 0.05 5 7; touch two ;;
       RQ-0003) echo 'tokens used: many'; touch three ;;
       RQ-0004) say 0.5 50 5; echo 'it broke'; exit 3 ;;
     esac`,
  );
  const gate = 'test ! -e one || test -e mended';
  const args = ['run', '--workers', '1', '--landing', 'serial', '--ci', gate, '--', agent];
  const { status, stdout, stderr } = await runProgram('ralph-orchestrate', args, { cwd: repository.root });
  expect(status).toBe(2);
  const told = records(stdout);
  const receipts = Object.fromEntries(
    told.flatMap((event) => (event['type'] === 'task.receipt' ? [[event['task_id'], event['receipt']]] : [])),
  );
  const used = (cost_usd: number, input_tokens: number, output_tokens: number, runs = 1) => ({
    cost_usd,
    input_tokens,
    output_tokens,
    cache_read_tokens: 100 * runs,
  });
  expect(receipts).toMatchObject({
    'RQ-0001': { attempts: 1, remedies: 1, unreported: 0, usage: used(0.3, 30, 3, 2) },
    'RQ-0002': { attempts: 1, unreported: 0, usage: used(0.05, 5, 7) },
    'RQ-0003': { attempts: 1, unreported: 1 },
    'RQ-0004': { attempts: 1, unreported: 0, usage: used(0.5, 50, 5) },
  });
  expect(receipts['RQ-0003']).not.toHaveProperty('usage');
  expect(told.at(-1)).toMatchObject({
    type: 'run.finished',
    totals: { attempts: 4, remedies: 1, unreported: 1, usage: used(0.85, 85, 15, 4) },
  });
  expect(told.find(({ type }) => type === 'task.failed')).toMatchObject({
    task_id: 'RQ-0004',
    last_lines: [expect.stringContaining('"total_cost_usd":0.5'), 'it broke'],
  });
  expect(stderr).toMatch(/RQ-0004: next: ralph-worker logs RQ-0004 .*\n +last lines of its log:\n.*\n +it broke\n/);
});
