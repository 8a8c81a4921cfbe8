const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * Tells whether an id can serve as a folder name, as a part of a git ref and as an argument. The rule is narrower than
 * git's and the file system's, so that no id needs quoting anywhere.
 */
export function isSafeTaskId(id: string): boolean {
  return (
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id) &&
    !id.includes('..') &&
    !id.endsWith('.') &&
    !id.endsWith('.lock') &&
    !RESERVED.test(id)
  );
}
