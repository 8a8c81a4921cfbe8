import type { Activity } from '../contract/activity.ts';

/** Returns what an agent does as one line for a person: `Edit src/main.ts`, or what it says. */
export function activityText({ kind, text, tool }: Activity): string {
  switch (kind) {
    case 'tool':
    case 'edit':
      return [tool ?? kind, text].filter((word) => word !== '').join(' ');
    case 'limit':
      return `limit: ${text}`;
    case 'error':
      return `error: ${text}`;
    case 'text':
      return text;
    case 'done':
      return text === '' ? 'done' : text;
  }
}
