import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ModelStandIn } from '@ralph/protocol/testing/model/model-stand-in';
import type { Brain } from '@ralph/protocol/testing/model/moves';
import { queueTask, temporaryRepository, type TestRepository } from '@ralph/protocol/testing/temporary-repository';
import type { RealAgent } from './pinned-agents.ts';

/** Which model is asked for, and how hard it is to think where an agent can say so. */
export const ASKED: Readonly<Record<RealAgent, { readonly model: string; readonly effort?: string }>> = {
  claude: { model: 'claude-opus-4-6', effort: 'low' },
  codex: { model: 'gpt-5.4', effort: 'high' },
  gemini: { model: 'gemini-2.5-pro' },
  opencode: { model: 'local/m', effort: 'high' },
  pi: { model: 'local/m', effort: 'high' },
  kimi: { model: 'm' },
};

/** Returns the options that name an agent, its model and its effort. */
export function wordsFor(agent: RealAgent): string[] {
  const { model, effort } = ASKED[agent];
  return ['--agent', agent, '--model', model, ...(effort === undefined ? [] : ['--effort', effort])];
}

/** A repository with a task, and an agent that talks to a stand-in of its model. */
export interface AgentDesk {
  readonly model: ModelStandIn;
  readonly repository: TestRepository;
  readonly home: string;
  /** What the agent and whoever starts it are given. */
  readonly env: Readonly<Record<string, string>>;
}

/** Makes the desk of a test: with a home of its own, in which the agent is told where its model is. */
export async function agentDesk(agent: RealAgent, bin: string, brain: Brain): Promise<AgentDesk> {
  const model = await ModelStandIn.start(brain);
  onTestFinished(() => model.end());
  const repository = temporaryRepository();
  repository.queue([queueTask('RQ-0001', { title: 'Make the file made.txt', plan: ['It says who made it.'] })]);
  // Codex makes no links to itself in a folder for temporary files, and without them no sandbox.
  const home = join(repository.folder, 'home');
  const temporary = join(repository.folder, 'tmp');
  for (const folder of [home, temporary]) mkdirSync(folder);
  const path = [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const env = { HOME: home, TMPDIR: temporary, PATH: path, ...SETTLED[agent](model.url, home) };
  return { model, repository, home, env };
}

type Settle = (url: string, home: string) => Readonly<Record<string, string>>;

/** Tells each agent where its model is, as its documentation says; returns variables for its environment. */
const SETTLED: Readonly<Record<RealAgent, Settle>> = {
  claude: (url) => ({
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'sk-test',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    CLAUDE_CODE_MAX_RETRIES: '1',
    // Without it root may not let it do everything.
    IS_SANDBOX: '1',
  }),
  codex: (url, home) => {
    const provider = `name = "local"\nbase_url = "${url}/v1"\nwire_api = "responses"\nenv_key = "OPENAI_API_KEY"`;
    const others = 'request_max_retries = 0\nstream_max_retries = 0\n[analytics]\nenabled = false';
    write(home, '.codex/config.toml', `model_provider = "local"\n[model_providers.local]\n${provider}\n${others}\n`);
    return { OPENAI_API_KEY: 'sk-test' };
  },
  gemini: (url, home) => {
    const security = { auth: { selectedType: 'gemini-api-key' } };
    write(home, '.gemini/settings.json', {
      security,
      general: { maxAttempts: 1 },
      privacy: { usageStatisticsEnabled: false },
    });
    return { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: 'test' };
  },
  opencode: (url, home) => {
    const models = { m: { name: 'm', reasoning: true } };
    const options = { baseURL: `${url}/v1`, apiKey: 'sk-test' };
    const local = { npm: '@ai-sdk/openai-compatible', name: 'local', options, models };
    write(home, '.config/opencode/opencode.json', { provider: { local }, share: 'disabled' });
    return { OPENCODE_DISABLE_AUTOUPDATE: '1', OPENCODE_DISABLE_MODELS_FETCH: '1' };
  },
  pi: (url, home) => {
    const local = {
      baseUrl: `${url}/v1`,
      api: 'openai-completions',
      apiKey: 'sk-test',
      models: [{ id: 'm', reasoning: true }],
    };
    write(home, '.pi/agent/models.json', { providers: { local } });
    write(home, '.pi/agent/settings.json', { retry: { enabled: false, provider: { maxRetries: 0 } } });
    return { PI_OFFLINE: '1' };
  },
  kimi: (url, home) => {
    const provider = `[providers.local]\ntype = "openai"\nbase_url = "${url}/v1"\napi_key = "sk-test"`;
    const model = '[models.m]\nprovider = "local"\nmodel = "m"\nmax_context_size = 100000';
    write(home, '.kimi-code/config.toml', `default_model = "m"\n${provider}\n${model}\n`);
    return { KIMI_DISABLE_TELEMETRY: '1', KIMI_CODE_NO_AUTO_UPDATE: '1', KIMI_LOOP_MAX_ATTEMPTS_PER_STEP: '1' };
  },
};

function write(home: string, path: string, content: string | object): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), typeof content === 'string' ? content : JSON.stringify(content));
}
