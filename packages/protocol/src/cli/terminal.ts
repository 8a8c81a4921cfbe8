import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';

/**
 * Tells whether the terminal sends its Ctrl-C to our process group, and so to the commands that we start in it. Where
 * there is no /proc, a stdin that is a terminal stands for it.
 */
export function ownsTerminal(): boolean {
  let text: string;
  try {
    text = readFileSync('/proc/self/stat', 'latin1');
  } catch {
    return process.stdin.isTTY;
  }
  // Behind the name, which may hold anything: state, parent, group, session, terminal, foreground group.
  const [, , group, , terminal, foreground] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return terminal !== '0' && foreground === group;
}

/**
 * Lets go of a terminal, for the end of a process. Node would put back the modes that it found at its start, which may
 * by now be those of somebody else who works there, and aborts where the terminal has hung up.
 */
export function letGoOfTerminal(): void {
  for (const fd of [0, 1, 2]) {
    try {
      if (!fstatSync(fd).isCharacterDevice()) continue;
      closeSync(fd);
      // It gets the number that has just become free.
      openSync('/dev/null', 'r+');
    } catch {
      // Closed already.
    }
  }
}
