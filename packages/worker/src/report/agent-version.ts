const VERSION = /(?:^|[^\d.])(\d{1,5}(?:\.\d{1,8}){1,3})(?![\d.]*\d)/m;

/** Returns the first version that a text names, as `claude --version` prints it; nothing where there is none. Pure. */
export function versionIn(text: string): string | undefined {
  return VERSION.exec(text)?.[1];
}

/** Tells whether a version is older than another, number by number. Pure. */
export function isOlder(version: string, least: string): boolean {
  const numbers = (text: string) => text.split('.').map(Number);
  const [own, other] = [numbers(version), numbers(least)];
  for (let at = 0; at < Math.max(own.length, other.length); at += 1) {
    const difference = (own[at] ?? 0) - (other[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
