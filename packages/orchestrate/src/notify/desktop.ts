import { eventText } from '@ralph/protocol/cli/event-text';
import { printable } from '@ralph/protocol/cli/printable';
import type { AnyEvent } from '@ralph/protocol/contract/events';
import type { Message } from './message.ts';

const SHOWN = 300;
/** `12:34:56  ` in front of every line for a terminal; a popup comes at its time. */
const CLOCK = /^\d\d:\d\d:\d\d {2}/;

/** The program that shows a notification where there is one. */
export function desktopProgram(platform: NodeJS.Platform = process.platform): string | undefined {
  if (platform === 'linux') return 'notify-send';
  return platform === 'darwin' ? 'osascript' : undefined;
}

/** Returns what a notification says. Pure. */
export function popupOf({ event, type, repository }: Pick<Message, 'event' | 'type' | 'repository'>): {
  readonly title: string;
  readonly body: string;
} {
  const text = eventText(event as unknown as AnyEvent)
    ?.replace(CLOCK, '')
    .replace(/ {2,}/, ' ');
  const id = typeof event['task_id'] === 'string' ? `${event['task_id']} ` : '';
  const about = typeof event['title'] === 'string' ? `\n${event['title']}` : '';
  const body = shortened(printable(`${text ?? `${id}${type}`}${about}`));
  // Of ours at the front, so that no title of others is ever taken for an option.
  return { title: printable(`ralph: ${repository}`).replaceAll('\n', ' '), body };
}

/**
 * Returns the command that shows a notification. Words go in as arguments of their own, never into a script. notify-send
 * takes its body as markup, and a backslash in it for an escape. Pure.
 */
export function popupCommand(
  { title, body }: { readonly title: string; readonly body: string },
  platform: NodeJS.Platform = process.platform,
): readonly string[] {
  if (platform === 'linux') return ['notify-send', '--app-name=ralph', '--', title, plainBody(body)];
  const script = ['on run argv', 'display notification (item 2 of argv) with title (item 1 of argv)', 'end run'];
  return ['osascript', ...script.flatMap((line) => ['-e', line]), title, body];
}

function plainBody(body: string): string {
  return body.replaceAll('\\', '\\\\').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function shortened(text: string): string {
  const characters = [...text];
  return characters.length <= SHOWN ? text : `${characters.slice(0, SHOWN - 1).join('')}…`;
}
