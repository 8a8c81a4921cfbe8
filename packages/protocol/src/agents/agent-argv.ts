import type { AgentPreset } from '../contract/agent-preset.ts';
import type { Approval } from '../contract/agent-settings.ts';

/** What the words of a preset may name. */
export interface CallFacts {
  readonly model?: string | undefined;
  readonly effort?: string | undefined;
  /** The session that is to go on. */
  readonly session?: string | undefined;
  readonly approval: Approval;
}

type Word = string | readonly string[];

const NAME = /\{(model|effort|session)\}/g;
const APPROVAL = '{approval}';

/** Stands in the words of a command for the file of its prompt, which has another name wherever it is run. */
export const PROMPT_FILE = '{prompt_file}';

/**
 * Returns the arguments with which an agent is started, or with which its session goes on where one is named and the
 * preset says how. `{prompt_file}` is still in them.
 */
export function agentWords(preset: AgentPreset, facts: CallFacts): string[] {
  const line: readonly Word[] = facts.session === undefined ? preset.command : (preset.resume ?? preset.command);
  const approved: readonly Word[] = preset.approval?.[facts.approval] ?? [];
  return line
    .flatMap((word): readonly Word[] => (word === APPROVAL ? approved : [word]))
    .flatMap((word) => filled(word, facts));
}

/** Returns the arguments with the name of the file in which the prompt is. */
export function withPromptFile(words: readonly string[], path: string): string[] {
  return words.map((word) => word.replaceAll(PROMPT_FILE, () => path));
}

function filled(word: Word, { model, effort, session }: CallFacts): readonly string[] {
  const group = typeof word === 'string' ? [word] : word;
  const values: Readonly<Record<string, string | undefined>> = { model, effort, session };
  const isKnown = group.every((text) => [...text.matchAll(NAME)].every(([, name = '']) => values[name] !== undefined));
  return isKnown ? group.map((text) => text.replaceAll(NAME, (_, name: string) => values[name] ?? '')) : [];
}
