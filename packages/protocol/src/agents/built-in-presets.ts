import type { AgentPreset } from '../contract/agent-preset.ts';

const BY_FILE = 'Read the file {prompt_file} and do what it says, to the letter.';

const MODEL = ['--model', '{model}'];

/**
 * The agents that are known by name (reference: part A22, but for prompts, which are never an argument here: one is longer
 * than what the kernel starts a program with).
 */
export const BUILT_IN_PRESETS: Readonly<Record<string, AgentPreset>> = {
  claude: {
    command: claude([]),
    resume: claude(['--resume', '{session}']),
    approval: { edits: ['--permission-mode', 'acceptEdits'], all: ['--permission-mode', 'bypassPermissions'] },
    least_version: '2.1.50',
    install: 'npm install -g @anthropic-ai/claude-code',
  },
  codex: {
    command: ['codex', 'exec', '--json', ...codex(), '{approval}', '-'],
    resume: ['codex', 'exec', '{approval}', 'resume', '--json', ...codex(), '{session}', '-'],
    approval: { edits: ['--sandbox', 'workspace-write'], all: ['--dangerously-bypass-approvals-and-sandbox'] },
    least_version: '0.100.0',
    install: 'npm install -g @openai/codex',
  },
  gemini: {
    command: gemini([]),
    resume: gemini(['--resume', '{session}']),
    approval: { edits: ['--approval-mode', 'auto_edit'], all: ['--approval-mode', 'yolo'] },
    least_version: '0.40.0',
    install: 'npm install -g @google/gemini-cli',
  },
  opencode: {
    command: opencode([]),
    resume: opencode(['--session', '{session}']),
    approval: { all: ['--auto'] },
    least_version: '1.18.20',
    install: 'npm install -g opencode-ai',
  },
  cursor: {
    command: cursor([]),
    resume: cursor(['--resume', '{session}']),
    prompt: 'file',
    approval: { edits: ['--force', '--sandbox', 'enabled'], all: ['--force', '--sandbox', 'disabled'] },
    install: 'curl https://cursor.com/install -fsS | bash',
  },
  kimi: {
    command: kimi([]),
    resume: kimi(['--session', '{session}']),
    prompt: 'file',
    least_version: '0.43.1',
    install: 'npm install -g @moonshot-ai/kimi-code',
  },
  pi: {
    command: pi([]),
    resume: pi(['--session', '{session}']),
    prompt: 'file',
    least_version: '0.74.0',
    install: 'npm install -g @earendil-works/pi-coding-agent',
  },
};

export const BUILT_IN_AGENTS: readonly string[] = Object.keys(BUILT_IN_PRESETS);

type Words = AgentPreset['command'];

function claude(more: readonly string[]): Words {
  const form = ['-p', '--verbose', '--output-format', 'stream-json'];
  return ['claude', ...form, MODEL, ['--effort', '{effort}'], '{approval}', ...more];
}

function codex(): Words {
  return [MODEL, ['-c', 'model_reasoning_effort="{effort}"']];
}

function gemini(more: readonly string[]): Words {
  return ['gemini', '--skip-trust', '--output-format', 'stream-json', MODEL, '{approval}', ...more];
}

function opencode(more: readonly string[]): Words {
  return ['opencode', 'run', '--format', 'json', MODEL, ['--variant', '{effort}'], '{approval}', ...more];
}

function cursor(more: readonly string[]): Words {
  return [
    'cursor-agent',
    '--print',
    '--trust',
    '--output-format',
    'stream-json',
    MODEL,
    '{approval}',
    ...more,
    BY_FILE,
  ];
}

function kimi(more: readonly string[]): Words {
  return ['kimi', '--output-format', 'stream-json', MODEL, ...more, '--prompt', BY_FILE];
}

function pi(more: readonly string[]): Words {
  return ['pi', '--print', '--mode', 'json', MODEL, ['--thinking', '{effort}'], ...more, '@{prompt_file}'];
}
