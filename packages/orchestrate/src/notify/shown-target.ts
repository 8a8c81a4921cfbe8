import { commandLine } from '@ralph/protocol/cli/shell-words';
import type { NotifyTarget } from '@ralph/protocol/contract/notify-settings';
import { shownUrl, withShownUrls } from './address.ts';
import type { Way } from './target.ts';

/** Returns what a person sees of where a target is. Pure. */
export function shownTo(way: Way): string {
  switch (way.kind) {
    case 'webhook':
      return shownUrl(way.url);
    case 'command':
      return commandLine(way.argv.map(withShownUrls));
    case 'desktop':
      return 'notifications of the desktop';
  }
}

/** Returns a target of the configuration as it may be printed: nothing of an address but its host, no values of headers. */
export function shownTarget(target: NotifyTarget): NotifyTarget {
  const { webhook, headers, command } = target;
  return {
    ...target,
    ...(webhook === undefined ? {} : { webhook: shownUrl(webhook) }),
    ...(headers === undefined ? {} : { headers: Object.fromEntries(Object.keys(headers).map((name) => [name, '…'])) }),
    ...(command === undefined ? {} : { command: command.map(withShownUrls) }),
  };
}

/** Said where nobody is configured to be told. */
export const NO_TARGETS = 'nobody is told of anything: name targets under "notify" of the configuration';
