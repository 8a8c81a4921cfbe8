/**
 * Returns environment variables that set git settings for one command, in addition to those that the environment
 * already sets in this way.
 */
export function gitSettings(
  settings: Readonly<Record<string, string>>,
  outer = process.env['GIT_CONFIG_COUNT'],
): Readonly<Record<string, string>> {
  const first = /^\d+$/.test(outer ?? '') ? Number(outer) : 0;
  const entries = Object.entries(settings);
  const pairs = entries.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${first + index}`, key],
    [`GIT_CONFIG_VALUE_${first + index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(first + entries.length), ...Object.fromEntries(pairs) };
}
