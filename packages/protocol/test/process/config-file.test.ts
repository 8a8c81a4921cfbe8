import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFile } from '../../src/contract/config-file.ts';
import { configFailure, readConfigFile } from '../../src/process/config-file.ts';
import { readParallelConfig } from '../../src/process/parallel-config.ts';
import { temporaryFolder } from '../../src/testing/temporary-folder.ts';

function written(text: string): string {
  const root = temporaryFolder();
  mkdirSync(join(root, '.ralph'));
  writeFileSync(join(root, '.ralph/config.jsonc'), text);
  return root;
}

const read = (text: string) => readConfigFile(join(written(text), '.ralph/config.jsonc'), configFile);

describe('readConfigFile', () => {
  it('names the first hundred of many unknown keys', async () => {
    const keys = Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [`key_${n}`, 1]));
    expect((await read(JSON.stringify({ parallel: keys }))).problems).toHaveLength(100);
  });

  it('gives nothing where there is no file', async () => {
    expect(await readConfigFile(join(temporaryFolder(), 'x'), configFile)).toMatchObject({ problems: [] });
  });

  it('reads comments, knows the line of each key, and leaves the sections of other tools alone', async () => {
    const { value, lineOf } = await read(
      '\uFEFF{ // mine\n "version": 2, "plugins": {"x": 1},\n "agent": {"runner": "codex",\n "ci_gate": {\n"enabled": true,},}, }',
    );
    expect(value).toMatchObject({ agent: { runner: 'codex', ci_gate: { enabled: true } }, plugins: { x: 1 } });
    expect([lineOf(['version']), lineOf(['agent', 'ci_gate', 'enabled']), lineOf(['parallel'])]).toEqual([
      2,
      5,
      undefined,
    ]);
  });

  it('names everything that is wrong, each with its line, and the nearest known name', async () => {
    const { value, problems } = await read(
      '{"parallel":{\n"wokers":3,\n"workers":0},\n"agent":{"comand":["x"],\n"ci_gate":{"arg":[]}}}',
    );
    expect(value).toBeUndefined();
    expect(problems.map(({ text }) => text.replace(/^.*jsonc/, ''))).toEqual([
      expect.stringMatching(/^:3: parallel\.workers: /),
      ':2: parallel.wokers: there is no such key',
      ':5: agent.ci_gate.arg: there is no such key',
      ':4: agent.comand: there is no such key',
    ]);
    expect(problems.slice(1).map(({ hint }) => hint)).toEqual([
      'did you mean workers?',
      'did you mean argv?',
      'did you mean command?',
    ]);
    const { code, message } = configFailure(problems);
    expect(code).toBe('config_invalid');
    expect(message.split('\n')).toHaveLength(5);
  });

  it('guesses the value that was meant where there are only a few', async () => {
    const { problems } = await read('{"agent":{"sandbox":"bwrp"},"parallel":{"landing":"never"}}');
    expect(problems.map(({ hint }) => hint)).toEqual(['mend that key, or remove it', 'did you mean bwrap?']);
  });

  it('names the line of a key in an entry of a list, and the nearest known name', async () => {
    const { problems } = await read(
      '{"notify":[\n{"id":"a","desktop":true},\n{"id":"b",\n"webhok":"https://x.example"}]}',
    );
    expect(problems.map(({ text, hint }) => [text.replace(/^.*jsonc/, ''), hint])).toEqual([
      [':4: notify.1.webhok: there is no such key', 'did you mean webhook?'],
    ]);
  });

  it.each([
    '{"version":3}',
    '{"parallel":',
    '{"parallel":{"workers":1.5}}',
    '{"parallel":{"workspace_root":"a/../../b"}}',
    '{"parallel":{"workspace_root":" "}}',
    '{"agent":{"command":[]}}',
    '{"agent":{"command":"claude -p"}}',
    '{"agent":{"resolver":true}}',
    '{"agent":{"phases":4}}',
    '{"agent":{"timeout":0}}',
    '{"agent":{"timeout":"soon"}}',
    '{"agent":{"ci_gate":{"argv":[]}}}',
    '{"agent":{"ci_gate":{"argv":["make",""]}}}',
    '{"agent":{"ci_gate":{"argv":["sh","-c","make"]}}}',
    '{"agent":{"ci_gate":{"argv":["/bin/bash","-lc","make"]}}}',
    '{"agent":{"ci_gate":{"argv":["cmd.exe","/C","make"]}}}',
    '{"agent":{"ci_gate":{"argv":["pwsh","-Command","make"]}}}',
  ])('M02: refuses %s', async (text) => {
    const { problems } = await read(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.text).toContain('config.jsonc');
  });

  it.each([
    '{"agent":{"command":["sh","-c","claude -p"],"resolver":false,"timeout":"15m","idle_timeout":90}}',
    '{"agent":{"ci_gate":{"argv":["sh","ci.sh"],"enabled":null}},"parallel":null}',
  ])('takes %s', async (text) => {
    expect((await read(text)).problems).toEqual([]);
  });
});

describe('readParallelConfig', () => {
  it('is empty where there is no file', async () => {
    expect(await readParallelConfig(temporaryFolder())).toEqual({});
  });

  it('looks at no other section', async () => {
    expect(await readParallelConfig(written('{"agent":{"x":1}, "parallel": {"workers": 3,}, }'))).toEqual({
      workers: 3,
    });
  });

  it('refuses an unknown key and names the nearest known one', async () => {
    await expect(readParallelConfig(written('{"parallel":{"wokers":3}}'))).rejects.toMatchObject({
      code: 'config_invalid',
      parts: { hint: 'did you mean workers?' },
    });
  });
});
