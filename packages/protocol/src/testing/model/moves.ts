import type { Asked, Move, Refusal, Tool } from './asked.ts';

/** A file that is to be written, below the folder that the agent works in. */
export interface Edit {
  readonly path: string;
  readonly content: string;
}

/** What the stand-in is to do; nothing where it has only to end. */
export type Wish = Edit | { readonly say: string } | Refusal | undefined;

/** Decides by what is asked; it is asked again after each tool, and may take its time. */
export type Brain = (asked: Asked) => Wish | Promise<Wish>;

export const DONE = 'It is done.';

const BY_FILE = /Read the file (\S+) and do what it says/g;
const FOLDER = /[Ww]orking directory: (\/\S+)/;
const PATHS = ['file_path', 'filePath', 'absolute_path', 'path'];

/**
 * Returns the next move: a prompt that is in a file is read first; then comes what is wished, an edit with whichever tool
 * there is for it; then an end.
 */
export async function nextMove(asked: Asked, brain: Brain): Promise<Move | Refusal> {
  const file = [...asked.prompts.join('\n').matchAll(BY_FILE)].at(-1)?.[1];
  const reading = file === undefined ? undefined : withFile(asked.tools, ['Read', 'read_file', 'read'], file);
  if (reading !== undefined && asked.results.length === 0) return reading;
  const wish = await brain(asked);
  if (wish === undefined) return { text: DONE };
  if ('say' in wish) return { text: wish.say };
  if ('refuse' in wish) return wish;
  if (asked.results.length > (reading === undefined ? 0 : 1)) return { text: DONE };
  return editing(asked, wish) ?? { text: 'There is no tool for it.' };
}

function editing({ tools, text }: Asked, { path, content }: Edit): Move | undefined {
  const folder = FOLDER.exec(text)?.[1];
  const absolute = folder === undefined ? path : `${folder}/${path}`;
  return withFile(tools, ['Write', 'write_file', 'write'], absolute, content) ?? byCommand(tools, path, content);
}

function withFile(tools: readonly Tool[], names: readonly string[], path: string, content?: string): Move | undefined {
  const tool = tools.find(({ name }) => names.includes(name));
  const field = PATHS.find((name) => tool?.fields.includes(name));
  if (tool === undefined || field === undefined) return undefined;
  return { tool: tool.name, input: { [field]: path, ...(content === undefined ? {} : { content }) } };
}

/** Codex has a tool for commands alone, and makes an edit of one that looks like this. */
function byCommand(tools: readonly Tool[], path: string, content: string): Move | undefined {
  const tool = tools.find(({ fields }) => fields.includes('cmd'));
  const lines = content.replace(/\n$/, '').split('\n');
  const patch = [`*** Add File: ${path}`, ...lines.map((line) => `+${line}`)].join('\n');
  const cmd = `apply_patch <<'END'\n*** Begin Patch\n${patch}\n*** End Patch\nEND\n`;
  return tool === undefined ? undefined : { tool: tool.name, input: { cmd } };
}
