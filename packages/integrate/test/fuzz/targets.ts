import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { parseLine } from '@ralph/protocol/contract/parse-line';
import { jsonObjectOf } from './json-object.ts';
import { target, type AnyTarget } from '@ralph/protocol/testing/fuzz/fuzz-target';
import { hostileJson, hostileText } from '@ralph/protocol/testing/fuzz/hostile-inputs';
import { hostileWord } from '@ralph/protocol/testing/fuzz/hostile-values';
import { PROPOSAL, sampleNamed } from '@ralph/protocol/testing/fuzz/samples';
import { readFollowUps } from '../../src/books/follow-ups.ts';
import { readRecord } from '../../src/candidate/integration-record.ts';
import { GatePasses } from '../../src/gate/gate-passes.ts';
import { readGateSettings } from '../../src/gate/gate-settings.ts';
import { readPublication } from '../../src/publish/publication.ts';
import { pushVerdict, refusalWords } from '../../src/push/push-verdict.ts';
import { transportVerdict } from '../../src/push/transport-verdict.ts';
import { readWorkspaceMarker } from '../../src/workspace/workspace-marker.ts';
import { INTEGRATION_RECORD, MARKER, PASS, PUBLICATION, PUSH_OUTPUT, TRANSPORT_WORDS } from './samples.ts';

const KEY = 'b'.repeat(64);

/** What only ralph-integrate reads: its records, proposals of agents, and what git says. The runs of all are 1,700. */
export function integrateTargets(folder: string): AnyTarget[] {
  const put = (path: string, bytes: Buffer) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  };
  const workspace = { path: folder, gitDir: folder } as never;
  const candidate = { taskId: 'RQ-0001', attempt: 1 } as never;
  const gates = fc.record({
    ci: fc.option(hostileWord, { nil: undefined }),
    gate: fc.array(
      fc.oneof(
        hostileWord,
        hostileWord.map((word) => `name=${word}`),
      ),
      { maxLength: 4 },
    ),
    'gate-timeout': fc.array(
      fc.oneof(
        hostileWord,
        hostileWord.map((word) => `ci=${word}`),
      ),
      { maxLength: 3 },
    ),
    'ci-env': fc.array(hostileWord, { maxLength: 3 }),
  });
  return [
    target({
      name: 'what git push prints',
      runs: 600,
      inputs: hostileText(...PUSH_OUTPUT, TRANSPORT_WORDS),
      take: (bytes) => {
        const text = bytes.toString();
        const results = [0, 1, 128, null].map((exitCode) => ({ exitCode, stdout: text, stderr: text }) as never);
        return results.map((result) => [
          pushVerdict(result, 'a'.repeat(40)),
          refusalWords(result),
          transportVerdict(text),
        ]);
      },
    }),
    target({
      name: 'follow-ups that an agent proposes',
      runs: 400,
      inputs: hostileJson([PROPOSAL], 1),
      take: (bytes) => {
        put(join(RALPH_PATHS.followups, 'RQ-0001.json'), bytes);
        return readFollowUps(workspace, candidate, (text) => text);
      },
    }),
    target({
      name: 'marker and record of a workspace',
      runs: 200,
      inputs: hostileJson([MARKER, INTEGRATION_RECORD]),
      take: (bytes) => {
        put('ralph/workspace.json', bytes);
        put('ralph/integration.json', bytes);
        return [readWorkspaceMarker(folder), readRecord(workspace)];
      },
    }),
    target({
      name: 'passes of gates, publications',
      runs: 150,
      inputs: hostileJson([PASS(KEY), PUBLICATION]),
      take: (bytes) => {
        put(join(RALPH_PATHS.ciPasses, `${KEY}.json`), bytes);
        put(join(RALPH_PATHS.published, 'RQ-0001.json'), bytes);
        return [new GatePasses(folder).find(KEY), readPublication(folder, 'RQ-0001')];
      },
    }),
    target({
      name: 'lines of finished work',
      runs: 200,
      inputs: hostileJson([sampleNamed('event.agent.finished'), sampleNamed('event.task.completed')]),
      take: (bytes) => parseLine(jsonObjectOf(bytes), 1),
    }),
    target({
      name: 'names, limits and variables of gates',
      runs: 150,
      inputs: gates,
      take: (given) =>
        readGateSettings({
          ...given,
          'ci-timeout': 5,
          'gates-at-once': 1,
          'flaky-retry': 0,
          'no-ci-cache': false,
        } as never),
    }),
  ] as AnyTarget[];
}
