/** A JSON object of a request. */
export type Body = Readonly<Record<string, unknown>>;

/** What a model is to do next: use one of the tools that it was offered, or say something and end its turn. */
export type Move = { readonly tool: string; readonly input: unknown } | { readonly text: string };

/** What is asked of a model, whichever way. */
export interface Asked {
  /** All that was said to it, tool results included. */
  readonly text: string;
  readonly tools: readonly string[];
  /** How many tools it has used since somebody last asked it for something. */
  readonly used: number;
}

/** A file that is to be written, below the folder that the agent works in. */
export interface Edit {
  readonly path: string;
  readonly content: string;
}

export type Brain = (asked: Asked) => Edit | undefined;

const FOLDER = /[Ww]orking directory: (\/\S+)/;
const ANYTHING = 'It is done.';

/** Returns the next move: the edit first, with whichever tool there is for it, then an end. */
export function nextMove(asked: Asked, brain: Brain): Move {
  if (asked.used > 0) return { text: ANYTHING };
  const edit = brain(asked);
  if (edit === undefined) return { text: ANYTHING };
  const { path, content } = edit;
  const folder = FOLDER.exec(asked.text)?.[1];
  const absolute = folder === undefined ? path : `${folder}/${path}`;
  const shell = `cat > ${path} <<'END'\n${content}END\n`;
  const ways: Readonly<Record<string, unknown>> = {
    Write: { file_path: absolute, content },
    write_file: { file_path: absolute, content },
    write: { path, filePath: absolute, content },
    exec_command: { cmd: shell },
    shell_command: { command: shell },
    shell: { command: ['sh', '-c', shell] },
  };
  const tool = Object.keys(ways).find((name) => asked.tools.includes(name));
  return tool === undefined ? { text: ANYTHING } : { tool, input: ways[tool] };
}

/** Returns all the text that a JSON value has, whatever its form. */
export function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(textIn).join('\n');
}

export function listOf(value: unknown): readonly Body[] {
  return Array.isArray(value) ? (value as readonly Body[]) : [];
}
