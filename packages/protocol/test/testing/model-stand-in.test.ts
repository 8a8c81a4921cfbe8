import { describe, expect, it, onTestFinished } from 'vitest';
import type { Body } from '../../src/testing/model/asked.ts';
import { ModelStandIn } from '../../src/testing/model/model-stand-in.ts';
import type { Brain } from '../../src/testing/model/moves.ts';

const WRITE = { type: 'object', properties: { file_path: {}, content: {} } };
const FOLDER = 'Primary working directory: /home/somebody/work';

async function standIn(brain: Brain): Promise<ModelStandIn> {
  const model = await ModelStandIn.start(brain);
  onTestFinished(() => model.end());
  return model;
}

async function post(model: ModelStandIn, path: string, body: Body): Promise<Response> {
  return fetch(`${model.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
}

/** Returns what a stream of events says, one JSON value each. */
async function events(response: Response): Promise<string> {
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: {'));
  return JSON.stringify(lines.map((line) => JSON.parse(line.slice('data: '.length)) as unknown));
}

const EDIT: Brain = () => ({ path: 'made.txt', content: 'made\n' });

describe('a model that thinks nothing', () => {
  it('has Anthropic messages write a file, and end when that is done', async () => {
    const model = await standIn(EDIT);
    const tools = [{ name: 'Read' }, { name: 'Write', input_schema: WRITE }];
    const ask = { role: 'user', content: [{ type: 'text', text: 'make it' }] };
    const body = { model: 'opus', stream: true, system: [{ type: 'text', text: FOLDER }], tools };
    const first = await events(await post(model, '/v1/messages?beta=true', { ...body, messages: [ask] }));
    expect(first).toContain('"name":"Write"');
    expect(first).toContain(JSON.stringify('{"file_path":"/home/somebody/work/made.txt","content":"made\\n"}'));
    expect(first).toContain('"input_tokens":900,"cache_read_input_tokens":100');
    const used = { role: 'assistant', content: [{ type: 'tool_use', name: 'Write', input: {} }] };
    const result = { role: 'user', content: [{ type: 'tool_result', content: 'File created' }] };
    const second = await post(model, '/v1/messages', { ...body, stream: false, messages: [ask, used, result] });
    expect(await second.json()).toMatchObject({ content: [{ text: 'It is done.' }], stop_reason: 'end_turn' });
    expect(model.asked.map(({ model: name, results }) => [name, results.length])).toEqual([
      ['opus', 0],
      ['opus', 1],
    ]);
  });

  it('has OpenAI responses run a command that is a patch', async () => {
    const model = await standIn(EDIT);
    const tools = [{ type: 'function', name: 'exec_command', parameters: { properties: { cmd: {} } } }];
    const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'make it' }] }];
    const body = { model: 'gpt', reasoning: { effort: 'high' }, tools };
    const first = await events(await post(model, '/v1/responses', { ...body, input }));
    expect(first).toContain('*** Add File: made.txt');
    expect(first).toContain('"type":"response.completed"');
    const output = { type: 'function_call_output', output: 'Success' };
    expect(await events(await post(model, '/v1/responses', { ...body, input: [...input, output] }))).toContain('done');
    expect(model.asked[0]).toMatchObject({
      model: 'gpt',
      effort: 'high',
      prompts: [expect.stringContaining('make it')],
    });
  });

  it('has OpenAI chat and Google content use the tool that is there, with the names that it gives', async () => {
    const model = await standIn(EDIT);
    const parameters = { properties: { filePath: {}, content: {} } };
    const chat = await events(
      await post(model, '/v1/chat/completions', {
        model: 'm',
        messages: [{ role: 'user', content: 'make it' }],
        tools: [{ type: 'function', function: { name: 'write', parameters } }],
      }),
    );
    expect(chat).toContain(String.raw`{\"filePath\":\"made.txt\",\"content\":\"made\\n\"}`);
    const google = await events(
      await post(model, '/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse', {
        contents: [{ role: 'user', parts: [{ text: 'make it' }] }],
        tools: [{ functionDeclarations: [{ name: 'write_file', parametersJsonSchema: WRITE }] }],
      }),
    );
    expect(google).toContain('"functionCall":{"name":"write_file","args":{"file_path":"made.txt"');
    expect(model.asked.map((asked) => asked.model)).toEqual(['m', 'gemini-2.5-pro']);
  });

  it('reads a prompt that is in a file before it does what that says', async () => {
    const model = await standIn(({ results }) => (results[0] === 'make it' ? { path: 'a', content: '' } : undefined));
    const tool = (name: string) => ({ function: { name, parameters: { properties: { path: {}, content: {} } } } });
    const ask = { role: 'user', content: 'Read the file /run/prompt.md and do what it says, to the letter.' };
    const body = { messages: [ask], tools: [tool('Read'), tool('Write')] };
    expect(await events(await post(model, '/chat/completions', body))).toContain(
      String.raw`{\"path\":\"/run/prompt.md\"}`,
    );
    const read = { ...body, messages: [ask, { role: 'tool', content: 'make it' }] };
    expect(await events(await post(model, '/chat/completions', read))).toContain('"name":"Write"');
  });

  it('remembers who goes on with a session, and can refuse as each provider does', async () => {
    const model = await standIn(({ prompts }) =>
      prompts.length === 1 ? { say: 'yes' } : { refuse: 429, retryAfter: 7, message: 'Too many requests' },
    );
    const ask = (text: string) => ({ role: 'user', content: text });
    const answer = { role: 'assistant', content: 'yes' };
    await post(model, '/chat/completions', { messages: [ask('one')] });
    const refused = await post(model, '/chat/completions', { messages: [ask('one'), answer, ask('two')] });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await refused.json()).toMatchObject({
      error: { message: 'Too many requests', code: 'rate_limit_exceeded' },
    });
    expect(model.asked.at(-1)?.prompts).toEqual(['one', 'two']);
    const parts = [{ role: 'user', parts: [{ text: 'one' }] }];
    const google = await post(model, '/models/m:generateContent', { contents: [...parts, ...parts] });
    expect(await google.json()).toMatchObject({ error: { code: 429, status: 'RESOURCE_EXHAUSTED' } });
    const messages = await post(model, '/messages', { messages: [ask('one'), answer, ask('two')] });
    expect(await messages.json()).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
  });

  it('answers nothing else, and no request does it harm', async () => {
    const model = await standIn(() => undefined);
    expect((await fetch(`${model.url}/v1/models`)).status).toBe(404);
    const bad = await fetch(`${model.url}/v1/messages`, { method: 'POST', body: '{"messages": [null' });
    expect(await bad.json()).toMatchObject({ content: [{ text: 'It is done.' }] });
  });
});
