/**
 * Returns the changelog with what was not released under a version and its date. Pure.
 *
 * @param date as YYYY-MM-DD
 * @throws Error when nothing stands there to be released
 */
export function releasedChangelog(text, version, date) {
  const part = /^## Unreleased\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(text);
  if (part === null || part[1].trim() === '') throw new Error('CHANGELOG.md has nothing under Unreleased');
  return text.replace('## Unreleased\n', `## ${version} - ${date}\n`);
}
