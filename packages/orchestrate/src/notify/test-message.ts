import { randomHex } from '@ralph/protocol/process/random-hex';
import { messageOf, type Message } from './message.ts';

/** Makes an event that stands in no log, told apart by its type; each has an id of its own. */
export function testMessage(repository: string): Message {
  const event = {
    v: 1,
    type: 'notify.test',
    at: new Date().toISOString(),
    title: 'A test: notifications arrive here',
    token: randomHex(8),
  };
  return messageOf({ line: JSON.stringify(event), event }, { runId: undefined, repository });
}
