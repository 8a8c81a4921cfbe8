import type { RunStory, TaskStory } from './run-story.ts';

type Clean = (text: string) => string;

/** Returns a story with a change made to all words of others in it: secrets are taken out. */
export function cleanStory(story: RunStory, clean: Clean): RunStory {
  return {
    ...story,
    pauses: story.pauses.map((pause) => ({ ...pause, reason: clean(pause.reason) })),
    tasks: story.tasks.map((task) => cleanTask(task, clean)),
  };
}

function cleanTask(task: TaskStory, clean: Clean): TaskStory {
  const { words } = task;
  const maybe = (text: string | undefined) => (text === undefined ? undefined : clean(text));
  return {
    ...task,
    title: clean(task.title),
    reason: maybe(task.reason),
    nextCommand: maybe(task.nextCommand),
    landCommand: maybe(task.landCommand),
    words: {
      ...words,
      // A secret may have several lines.
      lastLines: words.lastLines.length === 0 ? [] : clean(words.lastLines.join('\n')).split('\n'),
      gateTail: maybe(words.gateTail),
      logPath: maybe(words.logPath),
      gateLogPath: maybe(words.gateLogPath),
    },
  };
}
