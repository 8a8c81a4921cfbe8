export interface Surroundings {
  /** Whether stdout is a terminal. */
  readonly onTerminal: boolean;
  readonly format: string;
  readonly quiet: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Tells whether a table can be drawn at the foot of stdout and somebody is there to see it. Pure. */
export function isLive({ onTerminal, format, quiet, env }: Surroundings): boolean {
  if (!onTerminal || format !== 'table' || quiet) return false;
  const { TERM: term = '', CI: ci = '' } = env;
  // As others take it: a variable that says no is as good as none.
  return term !== '' && term !== 'dumb' && (ci === '' || ci === '0' || ci === 'false');
}
