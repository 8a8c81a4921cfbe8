const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

/**
 * Returns the version to release, for `major`, `minor`, `patch` or a version. Pure.
 *
 * @throws Error for another word, or for a version that does not come after the present one
 */
export function nextVersion(present, word) {
  const [major, minor, patch] = numbers(present);
  if (word === 'major') return `${major + 1}.0.0`;
  if (word === 'minor') return `${major}.${minor + 1}.0`;
  if (word === 'patch') return `${major}.${minor}.${patch + 1}`;
  const asked = numbers(word);
  const first = asked.findIndex((number, index) => number !== [major, minor, patch][index]);
  if (first === -1 || asked[first] < [major, minor, patch][first])
    throw new Error(`${word} does not come after ${present}`);
  return word;
}

function numbers(version) {
  const parts = VERSION.exec(version ?? '');
  if (parts === null) throw new Error(`not a version: ${version ?? 'nothing'}; give major, minor, patch or X.Y.Z`);
  return parts.slice(1).map(Number);
}
