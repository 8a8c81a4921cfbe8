import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { target, type AnyTarget } from '@ralph/protocol/testing/fuzz/fuzz-target';
import { hostileJson, hostileLines } from '@ralph/protocol/testing/fuzz/hostile-inputs';
import { hostileWord } from '@ralph/protocol/testing/fuzz/hostile-values';
import { sampleNamed, streamSamples } from '@ralph/protocol/testing/fuzz/samples';
import { EventTail } from '../../src/follow/event-tail.ts';
import { tailOfRun } from '../../src/follow/find-start.ts';
import { runRow } from '../../src/history/run-row.ts';
import { taskRows } from '../../src/history/task-row.ts';
import { runText, runsText } from '../../src/history/history-text.ts';
import { oneRun, lastRuns } from '../../src/history/past-runs.ts';
import { resolveAddress, shownUrl, withShownUrls } from '../../src/notify/address.ts';
import { readCursor } from '../../src/notify/cursor.ts';
import { retryAfterMs, stepAfter } from '../../src/notify/delivery.ts';
import { LogReader } from '../../src/notify/log-reader.ts';
import { bodyOf, eventIn, messageOf } from '../../src/notify/message.ts';
import { QuotaBook } from '../../src/quota/quota-book.ts';
import { RunLog } from '../../src/record/run-log.ts';
import { cleanStory } from '../../src/record/clean-story.ts';
import { otlpLines } from '../../src/report/otlp-traces.ts';
import { environmentLayer } from '../../src/settings/environment-layer.ts';
import { SETTING_KEYS, variableOf } from '../../src/settings/setting-keys.ts';
import { StopFile } from '../../src/stop/stop-file.ts';
import { readGivenTasks } from '../../src/tasks/read-given-tasks.ts';
import { checkGivenTasks, selectGiven } from '../../src/tasks/given-tasks.ts';
import { cut, displayWidth } from '../../src/view/cell-text.ts';
import { frame } from '../../src/view/frame.ts';
import { modelAfter, NOTHING_SEEN } from '../../src/view/model.ts';
import { eventOf, jsonObject } from '../../src/record/read-line.ts';

const VARIABLES = SETTING_KEYS.flatMap((key) => variableOf(key) ?? []);

/** What only ralph-orchestrate reads: the log of events, its records, settings, answers. The runs of all are 2,700. */
export function orchestrateTargets(folder: string): AnyTarget[] {
  const put = (name: string, bytes: Buffer) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  };
  const book = new QuotaBook(folder, 'claude');
  return [
    target({
      name: 'log of events: history, report, traces',
      runs: 800,
      inputs: hostileLines(runSamples(), 30),
      take: async (bytes) => {
        const path = put('events.ndjson', bytes);
        const runs = await withLog(path, (log) => lastRuns(log, 5, () => Promise.resolve(false)));
        const rows = runs.map(({ story }) => runRow(story, false));
        const { story } = await withLog(path, (log) => oneRun(log, 'last', () => Promise.resolve(true)));
        const clean = cleanStory(story, (text) => text);
        return [runsText(rows), runText(runRow(clean, true), taskRows(clean, true)), otlpLines(clean, false)];
      },
    }),
    target({
      name: 'log of events: the live table',
      runs: 500,
      inputs: hostileLines(runSamples(), 20),
      take: (bytes) => {
        const path = put('follow.ndjson', bytes);
        const tail = tailOfRun(path, 0);
        const all = new EventTail(path);
        let model = NOTHING_SEEN;
        for (const { record } of [...tail.lines(), ...all.lines()]) {
          const event = eventOf(record, 1);
          if (event !== undefined && event !== 'broken') model = modelAfter(model, event);
        }
        tail.close();
        all.close();
        return frame(model, { columns: 80, rows: 20, now: 1.8e12, waiting: 3 });
      },
    }),
    target({
      name: 'log of events: notifications',
      runs: 350,
      inputs: hostileLines(runSamples(), 10),
      take: async (bytes) => {
        const path = put('notify.ndjson', bytes);
        const reader = new LogReader(path, { ino: '1', head: 'x', offset: 7 });
        for (let read = await reader.next(); read !== undefined; read = await reader.next()) {
          const found = read.kind === 'line' ? eventIn(read.text) : undefined;
          if (found !== undefined) JSON.parse(bodyOf(messageOf(found, { runId: undefined, repository: '/r' })));
        }
        await reader.close();
      },
    }),
    target({
      name: 'cursors, quota, requests to stop',
      runs: 300,
      inputs: hostileJson([
        CURSOR,
        sampleNamed('quota-entry'),
        { pid: 1, start_time: '1', at: '2026-01-01T00:00:00Z' },
      ]),
      take: async (bytes) => {
        const path = put('cursor.json', bytes);
        put(book.path.slice(folder.length), bytes);
        const stop = new StopFile(put('stop', bytes), { holder: undefined, since: Number.MAX_SAFE_INTEGER });
        return [await readCursor(path), book.closed(0), stop.isAsked()];
      },
    }),
    target({
      name: 'tasks that are handed over',
      runs: 350,
      inputs: fc.oneof(hostileLines([sampleNamed('task-record')], 6), hostileJson([sampleNamed('queue-file')])),
      take: async (bytes) => {
        const path = put(bytes.length % 2 === 0 ? 'tasks.jsonc' : 'tasks.ndjson', bytes);
        const tasks = await readGivenTasks(path, () => undefined as never, new AbortController().signal);
        checkGivenTasks(tasks);
        return selectGiven(tasks, { exclude: new Set(), landed: new Set(), busyScopes: ['src/**'], now: 0 });
      },
    }),
    target({
      name: 'variables of the environment',
      runs: 200,
      inputs: fc.dictionary(fc.oneof(fc.constantFrom(...VARIABLES), hostileWord), hostileWord, { maxKeys: 12 }),
      take: (env) => environmentLayer(env),
    }),
    target<string[]>({
      name: 'addresses and answers of webhooks, cells',
      runs: 200,
      inputs: fc.array(hostileWord, { minLength: 4, maxLength: 4 }),
      take: ([one = '', other = '', third = '', fourth = '']) => [
        resolveAddress({ kind: 'webhook', url: one, headers: { 'x-a': other }, secretEnv: 'S' } as never, { S: third }),
        shownUrl(`https://${one}`),
        withShownUrls(`${one} https://${other}`),
        stepAfter(
          { kind: 'later', words: '', retryAfterMs: retryAfterMs(fourth, 1e12) ?? 0 },
          { tries: 2, ageMs: 5 },
          0.5,
        ),
        [displayWidth(one), cut(other, 7), jsonObject(third)],
      ],
    }),
  ] as AnyTarget[];
}

const CURSOR = { v: 1, ino: '5', head: 'x', offset: 10, run_id: 'r', at: 'x', sent: 1, given_up: 0, error: null };

/** The events of a run, in an order in which they may come. */
function runSamples(): unknown[] {
  return streamSamples().map((sample) => ({ ...(sample as object), run_id: 'run-1' }));
}

async function withLog<T>(path: string, use: (log: RunLog) => Promise<T>): Promise<T> {
  const log = await RunLog.open(path);
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}
