import { constants } from 'node:os';

/** Returns the number of an error by its name, as of 'EIO'. */
export function errnoNumber(name) {
  const number = constants.errno[name];
  if (number === undefined) throw new Error(`no such error: ${name}`);
  return number;
}
