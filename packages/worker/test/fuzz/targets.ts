import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { readTextIfPresent } from '@ralph/protocol/process/read-jsonc';
import { target, type AnyTarget } from '@ralph/protocol/testing/fuzz/fuzz-target';
import { hostileJson, hostileText } from '@ralph/protocol/testing/fuzz/hostile-inputs';
import { hostileWord } from '@ralph/protocol/testing/fuzz/hostile-values';
import { isStopRequested } from '../../src/agent/stop-request.ts';
import { readAgentRecord } from '../../src/agent/agent-record.ts';
import { attemptOfRef, taskOfRef } from '../../src/refs/attempt-number.ts';
import { dirtyFiles } from '../../src/report/dirty-files.ts';
import { rateLimitIn, rateLimitPattern } from '../../src/run/rate-limit.ts';
import { readSetupRecord, setupRecordPath } from '../../src/setup/setup-record.ts';
import { readCopyPatterns } from '../../src/travel/copy-patterns.ts';
import { closedFolderOf, isOfRun } from '../../src/travel/no-travel.ts';
import { excludeLine } from '../../src/travel/exclude-lines.ts';
import { bytesOfName } from '../../src/work/quoted-name.ts';
import { commitMessage, withTaskId } from '../../src/work/task-id-trailer.ts';
import { readConfigList } from '../../src/workspace/config-list.ts';
import { configText, sharedEntries } from '../../src/workspace/repository-config.ts';
import { readMarker, writeMarker } from '../../src/workspace/workspace-marker.ts';
import { AGENT_RECORD, LIMITED_OUTPUT, MARKER_FIELDS, PATTERNS } from './samples.ts';

/** As regular expressions these take minutes. */
const STARS = ['*a'.repeat(20), `${'**/'.repeat(20)}x`, `${'{a,*}'.repeat(20)}x`];

const glob = fc.oneof(
  hostileWord,
  fc.constantFrom(...STARS),
  fc
    .array(fc.constantFrom('*', '**/', '?', '{a,b}', '{', '}', ',', '[a-z]', '[!x]', '[', 'a', '/', 'é'), {
      maxLength: 40,
    })
    .map((all) => all.join('')),
);

/** What only ralph-worker reads: its records, what git prints to it, and its patterns. The runs of all are 2,400. */
export function workerTargets(folder: string): AnyTarget[] {
  const put = (path: string, bytes: Buffer) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  };
  writeMarker(folder, MARKER_FIELDS);
  const sound = JSON.parse(readTextIfPresent(markerIn(folder)) ?? '{}') as unknown;
  return [
    target({
      name: 'marker of a workspace',
      runs: 300,
      inputs: hostileJson([sound]),
      take: (bytes) => {
        put(markerIn(folder), bytes);
        return readMarker(folder);
      },
    }),
    target({
      name: 'record of an agent, request to stop',
      runs: 300,
      inputs: hostileJson([AGENT_RECORD]),
      take: (bytes) => {
        put(join(folder, RALPH_PATHS.agents, 'A.json'), bytes);
        put(join(folder, RALPH_PATHS.agents, 'A.stop'), bytes.subarray(0, bytes.length >> 1));
        return [readAgentRecord(folder, 'A'), isStopRequested(folder, 'A')];
      },
    }),
    target({
      name: 'record of a set-up',
      runs: 150,
      inputs: hostileJson([{ key: 'k', paths: ['node_modules/'], excluded: ['x'], linked: false }]),
      take: (bytes) => {
        put(setupRecordPath(folder), bytes);
        return readSetupRecord(folder);
      },
    }),
    target({
      name: 'words of a rate limit',
      runs: 500,
      inputs: hostileText(LIMITED_OUTPUT),
      take: (bytes) =>
        rateLimitIn(
          bytes
            .toString()
            .split('\n')
            .map((line) => line.slice(0, 200))
            .slice(-5),
          rateLimitPattern('x', undefined),
          1e12,
        ),
    }),
    target<string[]>({
      name: 'patterns of --rate-limit',
      runs: 100,
      inputs: fc.tuple(
        fc.oneof(fc.constantFrom(...PATTERNS), hostileWord),
        fc.constantFrom('a'.repeat(200), `${'ab'.repeat(99)}!`, 'limit 5'),
      ),
      take: ([pattern = '', line = '']) => rateLimitIn([line], rateLimitPattern('x', pattern), 1e12),
    }),
    target<string[]>({
      name: 'globs of what travels',
      runs: 400,
      inputs: fc.array(glob, { minLength: 1, maxLength: 3 }),
      take: (globs) => {
        const patterns = readCopyPatterns(globs);
        return patterns.map(({ matches }) => [matches('a/'.repeat(100)), matches('a'.repeat(400)), matches('é/x.pem')]);
      },
    }),
    target<string[]>({
      name: 'names of files, refs and messages',
      runs: 300,
      inputs: fc.array(hostileWord, { minLength: 3, maxLength: 3 }),
      take: ([one = '', other = '', third = '']) => [
        closedFolderOf(one),
        isOfRun(one),
        excludeLine(other),
        bytesOfName(`"${one}`),
        bytesOfName(third),
        attemptOfRef(`refs/ralph/attempts/${one}`),
        taskOfRef(`refs/ralph/salvage/${other}/1`),
        withTaskId(one, other),
        commitMessage('RQ-0001', third),
      ],
    }),
    target({
      name: 'what git prints',
      runs: 350,
      inputs: hostileText(
        'user.name\nA B\0core.bare\0url.x"y\\.insteadof\nhttps://u:p@h/\0filter.a.clean\nrun\nme\0',
        '1 .M N... 100644 100644 100644 a b x y\0? new\0u UU N... 1 2 3 4 a b c both\0R  a\0b\0?? c\0',
      ),
      take: (bytes) => [configText(sharedEntries(readConfigList(bytes.toString()))), dirtyFiles(bytes.toString())],
    }),
  ];
}

function markerIn(folder: string): string {
  return join(folder, '.git/ralph/workspace.json');
}
