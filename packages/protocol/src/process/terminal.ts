import { readProcStat } from './process-identity.ts';

/**
 * Tells whether the terminal sends its Ctrl-C to our process group, and so to the commands that we start in it. Where
 * there is no /proc, a stdin that is a terminal stands for it.
 */
export function ownsTerminal(): boolean {
  const stat = readProcStat(process.pid);
  return stat === undefined ? process.stdin.isTTY : stat.terminal !== 0 && stat.foreground === stat.group;
}
