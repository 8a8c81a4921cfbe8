/** The attempt that a file beside the logs belongs to. */
export interface RunFile {
  readonly taskId: string;
  readonly attempt: number;
}

/** Logs of agents, gates and resolvers, their first runs and older parts, the prompts of resolvers, and what phases hand on. */
const RUN_FILE =
  /^(?<task>.+?)\.(?<attempt>[1-9]\d{0,8})\.(?:(?:ci(?:\.[^.]+)?|remedy-\d+)\.)?(?:log(?:\.(?:first|base))?(?:\.1)?|(?:prompt|plan|summary)\.md)$/;

/** Returns the attempt that a file is of, by its name in the folder of the logs; nothing for any other file. */
export function runFile(name: string): RunFile | undefined {
  const { task, attempt } = RUN_FILE.exec(name)?.groups ?? {};
  return task === undefined || attempt === undefined ? undefined : { taskId: task, attempt: Number(attempt) };
}

/** Returns an attempt as a key. */
export function keyOf({ taskId, attempt }: RunFile): string {
  return `${taskId}/${attempt}`;
}
