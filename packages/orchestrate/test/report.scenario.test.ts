import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { records, runProgram } from '@ralph/protocol/testing/run-built-program';
import { scriptedCommand } from '@ralph/protocol/testing/scripted-agent';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import { Browser, BROWSER } from './support/browser.ts';
import { leftovers } from './support/leftovers.ts';
import { parseMetrics } from './support/parse-metrics.ts';

const EVIL = `<script>document.title='taken'</script><img src=http://page.invalid/x> \u202Eegap`;
const shots = join(import.meta.dirname, '../.reports');

/** What an agent says at its end that it used. */
const USED = {
  type: 'result',
  session_id: 's',
  total_cost_usd: 0.25,
  usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 1200, cache_creation_input_tokens: 7 },
};

/** A real run: what lands, one whose words are markup, one that fails, one with a red gate. */
async function aRun(): Promise<{ repository: TestRepository; status: number | null }> {
  const repository = temporaryRepository({ 'README.md': '# test\n', '.gitignore': '.ralph/\n' });
  const { root, folder } = repository;
  const titles = ['Say hello', EVIL, 'Know the answer', 'Leave it red', 'Say goodbye'];
  repository.queue(titles.map((title, n) => queueTask(`RQ-000${n + 1}`, { title })));
  const agent = scriptedCommand(
    folder,
    'agent',
    `echo "at work on $RALPH_TASK_ID"
     test "$RALPH_TASK_ID" = RQ-0003 && echo 'password=hunter2secret ghp_${'a1B2'.repeat(9)}' && exit 3
     test "$RALPH_TASK_ID" = RQ-0001 && cat <<'END'
${JSON.stringify(USED)}
END
     test "$RALPH_TASK_ID" = RQ-0004 && echo red > red.txt
     echo "$RALPH_TASK_ID" > "$RALPH_TASK_ID.txt"`,
  );
  const gate = 'test ! -e red.txt || { echo "<b>red.txt</b> is there"; exit 1; }';
  const args = ['run', '--ci', gate, '--no-resolver', '--', agent];
  const { status } = await runProgram('ralph-orchestrate', args, { cwd: root });
  return { repository, status };
}

/** Returns width and height of a PNG. */
function sizeOf(png: Buffer): number[] {
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

it('report: a browser shows the page of a run, wide, narrow and in print, and asks nobody for anything', async ({
  skip,
}) => {
  // Nobody else can say what a page looks like; .ci/run installs one where it may.
  skip(BROWSER === undefined, 'there is no browser here: apt-get install chromium');
  const { repository, status: ended } = await aRun();
  const { root, folder } = repository;
  const { status, stdout } = await runProgram('ralph-orchestrate', ['report'], { cwd: root });
  const [told] = records(stdout) as [{ path: string; run_id: string }];
  expect([ended, status, told.path]).toEqual([2, 0, join(root, `.ralph/logs/parallel/report-${told.run_id}.html`)]);

  const browser = await Browser.start();
  const control = join(folder, 'control.html');
  writeFileSync(control, '<title>x</title><img src="http://page.invalid/x.png"><script>document.title="ran"</script>');
  expect(await browser.open(control, ['--dump-dom'])).toContain('<title>ran</title>');
  expect(browser.asked).toEqual(['page.invalid']);
  browser.asked.length = 0;

  const dom = await browser.open(told.path, ['--dump-dom']);
  for (const id of ['RQ-0001', 'RQ-0002', 'RQ-0003', 'RQ-0004', 'RQ-0005'])
    expect(dom).toMatch(new RegExp(`<tr id="t\\d">\\s*<th scope="row" data-name="task"><bdi>${id}</bdi>`));
  expect(dom).toContain(`<title>${told.run_id} – repo</title>`);
  expect(dom).toContain('&lt;img src=http://page.invalid/x&gt; \ufffdegap');
  expect(dom).toContain('&lt;b&gt;red.txt&lt;/b&gt; is there');
  expect(dom).not.toContain('ghp_');
  expect(dom).toMatch(
    /title="input 10, output 5, cache read 1,200, cache write 7">\s*1\.2k\+?\s*<.*\s*<td data-name="cost" class="n">\$0\.25/,
  );
  expect(dom).toContain('The receipts add up to the totals that the run has told at its end.');
  expect([...dom.matchAll(/<rect class="agent(?: bad)?"/g)].length).toBeGreaterThanOrEqual(5);

  mkdirSync(shots, { recursive: true });
  for (const width of [1280, 400]) {
    const path = join(shots, `report-${width}.png`);
    await browser.open(told.path, [`--window-size=${width},2400`, `--screenshot=${path}`]);
    const png = readFileSync(path);
    expect([sizeOf(png), png.length > 20_000]).toEqual([[width, 2400], true]);
  }
  await browser.open(told.path, [`--print-to-pdf=${join(shots, 'report.pdf')}`]);
  expect(readFileSync(join(shots, 'report.pdf'), 'latin1').slice(0, 5)).toBe('%PDF-');
  expect(browser.asked).toEqual([]);
});

it('report: the page and the exports of a real run, by default where git ignores them, and nothing else is written', async () => {
  const { repository } = await aRun();
  const { root, folder } = repository;
  const report = (...args: string[]) => runProgram('ralph-orchestrate', ['report', ...args], { cwd: root });
  const before = repository.git('status', '--porcelain', '--ignored');

  const page = (await report('last', '--output', '-')).stdout;
  expect(page.startsWith('<!doctype html>')).toBe(true);
  const { samples, problems } = parseMetrics((await report('--as', 'prometheus', '--output', '-')).stdout);
  expect(problems).toEqual([]);
  expect([samples.get('ralph_tasks{state="landed"}'), samples.get('ralph_gate_runs_total{result="failed"}')]).toEqual([
    3, 1,
  ]);
  const lines = (await report('--as', 'otlp', '--output', '-')).stdout.trimEnd().split('\n');
  expect(lines.flatMap((line) => line.match(/"name":"task"/g) ?? [])).toHaveLength(5);
  expect(lines.join('')).not.toContain('ghp_');
  expect(lines.join('')).toContain('{"key":"gen_ai.usage.input_tokens","value":{"intValue":"1217"}}');
  expect(samples.get('ralph_cost_usd_total')).toBe(0.25);
  expect(repository.git('status', '--porcelain', '--ignored')).toBe(before);

  const path = join(folder, 'made/run.jsonl');
  const told = await report('--as', 'otlp', '--output', path, '--format', 'table');
  expect(told.stdout).toBe(`${path}\n`);
  expect(`${readFileSync(path, 'utf8')}`).toBe(`${lines.join('\n')}\n`);
  expect(leftovers(repository).filter((left) => !left.includes('RQ-0004'))).toEqual([]);
});

it('report: what cannot be done is said, and changes nothing', async () => {
  const { root, folder } = temporaryRepository();
  const report = (...args: string[]) => runProgram('ralph-orchestrate', ['report', ...args], { cwd: root });
  expect((await report()).status).toBe(6);
  expect((await report('--as', 'pdf')).status).toBe(64);
  const events = join(root, '.ralph/logs/parallel/events.ndjson');
  mkdirSync(join(events, '..'), { recursive: true });
  const started = {
    v: 1,
    type: 'run.started',
    at: '2026-01-01T00:00:00.000Z',
    run_id: 'run-1',
    target_branch: 'main',
    workers: 1,
  };
  writeFileSync(events, `${JSON.stringify(started)}\n`);
  const { status, stderr } = await report('--output', folder);
  expect([status, stderr]).toEqual([64, expect.stringContaining(`cannot write ${folder}: it is no plain file`)]);
  expect((await report('run-2')).stderr).toContain('run_not_found');
  expect((await report('run-1', '--output', '-')).stdout).toContain('The run has taken up no task.');
});
