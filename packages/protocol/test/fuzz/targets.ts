import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { envSecrets } from '../../src/cli/env-secrets.ts';
import { Input } from '../../src/cli/input.ts';
import type { OptionKind } from '../../src/cli/options.ts';
import { readOptionValue } from '../../src/cli/option-values.ts';
import { parseArguments } from '../../src/cli/parse-arguments.ts';
import { printable, printableJson } from '../../src/cli/printable.ts';
import { Redaction } from '../../src/cli/redact.ts';
import { configFile } from '../../src/contract/config-file.ts';
import { globMatches } from '../../src/contract/event-glob.ts';
import { parseLine } from '../../src/contract/parse-line.ts';
import { publishedSchemas } from '../../src/contract/schemas.ts';
import { scopesOverlap } from '../../src/contract/scope-overlap.ts';
import { isSafeTaskId } from '../../src/contract/task-id.ts';
import { firstIssue } from '../../src/contract/first-issue.ts';
import { lightJson } from '../../src/contract/light-json.ts';
import { configFailure, readConfigFile } from '../../src/process/config-file.ts';
import { readGateRecord } from '../../src/process/gate-record.ts';
import { lastLines } from '../../src/process/log-lines.ts';
import { parseJsonc, readTextIfPresent } from '../../src/process/read-jsonc.ts';
import { secretValues } from '../../src/process/secret-values.ts';
import { RALPH_PATHS } from '../../src/contract/paths.ts';
import { target, type AnyTarget } from '../../src/testing/fuzz/fuzz-target.ts';
import { hostileJson, hostileLines, hostileText } from '../../src/testing/fuzz/hostile-inputs.ts';
import { hostileWord } from '../../src/testing/fuzz/hostile-values.ts';
import { publishedSamples, sampleNamed, streamSamples } from '../../src/testing/fuzz/samples.ts';
import { AGENT_OUTPUT, CONFIGURATION, ENV_FILE, KEYS_IN_OUTPUT } from './texts.ts';
import { usageTargets } from './usage-targets.ts';

const KINDS: readonly OptionKind[] = [
  'count',
  'amount',
  'bytes',
  'seconds',
  'milliseconds',
  'optional-seconds',
  'status',
];

const OPTIONS = {
  text: { kind: 'text', describe: 'x' },
  flag: { kind: 'flag', describe: 'x' },
  count: { kind: 'count', describe: 'x' },
  wait: { kind: 'optional-seconds', describe: 'x' },
  many: { kind: 'text', many: true, describe: 'x' },
} as const;

const SPEC = {
  words: ['x'],
  operands: { name: 'ID…', least: 0, most: 3 },
  command: 'optional',
  options: OPTIONS,
} as const;

const word = fc.oneof(
  hostileWord,
  fc.constantFrom(...Object.keys(OPTIONS), 'repo', 'format', '').map((name) => `--${name}`),
  fc.tuple(fc.constantFrom(...Object.keys(OPTIONS)), hostileWord).map(([name, value]) => `--${name}=${value}`),
);

/** What is parsed by the code that all programs share. The runs of all are 9,200. */
export function protocolTargets(folder: string): AnyTarget[] {
  const inFile = (name: string, bytes: Buffer) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  const schemas = [...publishedSchemas()];
  return [
    target({ name: 'lines of stdin', runs: 1600, inputs: hostileLines(streamSamples()), take: readLines }),
    target({
      name: 'every published schema',
      runs: 900,
      inputs: hostileJson([...publishedSamples().values()]),
      take: (bytes) => {
        const value = jsonOrNothing(bytes);
        return schemas.map(([, schema]) => firstIssue(schema, value).success);
      },
    }),
    target({
      name: 'JSON with comments',
      runs: 600,
      inputs: hostileJson([sampleNamed('queue-file'), sampleNamed('state-file')], 2),
      take: (bytes) => parseJsonc(readTextIfPresent(inFile('x.jsonc', bytes)) ?? '', 'x.jsonc', 'queue_corrupt'),
    }),
    target({
      name: 'configuration',
      runs: 700,
      inputs: fc.oneof(hostileJson([CONFIGURATION], 2), hostileJson([sampleNamed('config-file')])),
      take: async (bytes) => {
        const { problems } = await readConfigFile(inFile('config.jsonc', bytes), configFile);
        if (problems.length > 0) throw configFailure(problems);
      },
    }),
    target({
      name: 'record of a gate',
      runs: 200,
      inputs: hostileJson([
        {
          task_id: 'A',
          workspace_path: '/x',
          owner: { pid: 1, start_time: '1', boot_id: 'x' },
          gates: [{ pid: 1, start_time: '1', boot_id: 'b', mark: 'm', attempt: 1 }],
        },
      ]),
      take: (bytes) => {
        inFile(`${RALPH_PATHS.agents}/A.gate`, bytes);
        return readGateRecord(folder, 'A');
      },
    }),
    target({
      name: '.env files',
      runs: 800,
      inputs: hostileText(ENV_FILE),
      take: (bytes) => {
        inFile('.env', bytes);
        const redaction = new Redaction();
        redaction.learn([...secretValues(folder, ['.env']), ...envSecrets(bytes.toString())]);
        return redaction.text(bytes.toString('latin1'));
      },
    }),
    target({
      name: 'output that may hold secrets',
      runs: 900,
      inputs: hostileText(KEYS_IN_OUTPUT, AGENT_OUTPUT, ENV_FILE),
      take: (bytes) => {
        const stream = new Redaction().stream();
        const text = bytes.toString('latin1');
        const middle = text.length >> 1;
        return stream.push(text.slice(0, middle)) + stream.early() + stream.push(text.slice(middle)) + stream.end();
      },
    }),
    target({
      name: 'words for a terminal',
      runs: 300,
      inputs: hostileText(AGENT_OUTPUT),
      take: (bytes) => {
        const text = bytes.toString();
        const lines = lastLines({ text, cut: true }, 5, (each) => each);
        if (/[^\P{Cc}\n]|[\u202A-\u202E]/u.test(printable(text))) throw new Error('a control character is left');
        return [lines, printableJson(text)];
      },
    }),
    target<string[]>({
      name: 'values of options',
      runs: 1100,
      inputs: fc.array(fc.oneof(hostileWord, fc.stringMatching(/^-?[\d.,]{1,12}[smhdKMGT]?$/)), {
        minLength: 1,
        maxLength: 4,
      }),
      take: (words) => {
        const refusals = words.flatMap((each) =>
          KINDS.flatMap((kind) => refusalOf(() => readOptionValue('x', 'y', { kind, describe: '' }, each))),
        );
        const [first] = refusals;
        if (first !== undefined) throw first;
      },
    }),
    target<string[]>({
      name: 'argument lists',
      runs: 1000,
      inputs: fc.array(word, { maxLength: 8 }),
      take: (words) => parseArguments({ name: 'ralph-x', summary: 'x', commands: [] }, SPEC, words),
    }),
    target<string[]>({
      name: 'ids, scopes and patterns of events',
      runs: 500,
      inputs: fc.array(hostileWord, { minLength: 2, maxLength: 2 }),
      take: ([one = '', other = '']) => {
        isSafeTaskId(one);
        return [globMatches(one, other), scopesOverlap(one, other), scopesOverlap(other, one)];
      },
    }),
    ...usageTargets(),
  ];
}

async function readLines(bytes: Buffer): Promise<void> {
  const input = new Input({
    stream: Readable.from([bytes], { objectMode: false }),
    signal: new AbortController().signal,
  });
  for await (const { record, number } of input.lines()) parseLine(record, number);
}

function jsonOrNothing(bytes: Buffer): unknown {
  try {
    return lightJson(bytes.toString());
  } catch {
    return undefined;
  }
}

/** What is no refusal goes on its way. */
function refusalOf(read: () => unknown): Error[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof Error && error.name === 'Failure') return [error];
    throw error;
  }
}
