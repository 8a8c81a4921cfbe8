import { commandLine } from '@ralph/protocol/cli/shell-words';
import { shownUrl } from './address.ts';
import type { Way } from './target.ts';

/** Returns what a person sees of where a target is. Pure. */
export function shownTo(way: Way): string {
  switch (way.kind) {
    case 'webhook':
      return shownUrl(way.url);
    case 'command':
      return commandLine(way.argv);
    case 'desktop':
      return 'notifications of the desktop';
  }
}

/** Said where nobody is configured to be told. */
export const NO_TARGETS = 'nobody is told of anything: name targets under "notify" of the configuration';
