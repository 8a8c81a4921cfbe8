import { join } from 'node:path';
import { isFailure } from '@ralph/protocol/contract/failure';
import { RALPH_PATHS } from '@ralph/protocol/contract/paths';
import { scrubbedEnvironment } from '@ralph/protocol/process/environment';
import { requireExecutable } from '@ralph/protocol/process/find-executable';
import { resolveAddress } from './address.ts';
import { commandSecrets, withoutOwn } from './own-secrets.ts';
import { POPUP_MS, type Delivery } from './delivery.ts';
import { desktopProgram, popupCommand, popupOf } from './desktop.ts';
import { bodyOf, type Message } from './message.ts';
import { postWebhook } from './post-webhook.ts';
import { runProgram, type Programs } from './run-program.ts';
import type { Target } from './target.ts';

export interface Surroundings extends Programs {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  /** Takes secrets out of what others answer. */
  readonly redact: (text: string) => string;
}

/** Tells a target of an event, once. Never throws: whatever happens is what came of it. */
export async function deliver(
  target: Target,
  message: Message,
  around: Surroundings,
  signal: AbortSignal,
): Promise<Delivery> {
  const delivery = await tell(target, message, around, signal).catch((error: unknown) => {
    const words = error instanceof Error ? error.message : String(error);
    // An event of a form that we do not know keeps no popup that comes after it.
    return { kind: target.way.kind === 'desktop' ? 'refused' : 'later', words } as const;
  });
  return { ...delivery, words: around.redact(delivery.words) };
}

/** Returns why nothing can be delivered to a target as things are; nothing where it can. */
export function troubleOf({ way }: Target, { root, env }: Pick<Surroundings, 'root' | 'env'>): string | undefined {
  if (way.kind === 'webhook') {
    const resolved = resolveAddress(way, env);
    return 'trouble' in resolved ? resolved.trouble : undefined;
  }
  const program = way.kind === 'command' ? way.argv[0] : desktopProgram();
  if (program === undefined) return `no notifications of the desktop on ${process.platform}`;
  try {
    requireExecutable(program, root);
    return undefined;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return error.message;
  }
}

async function tell(
  { id, way, limitMs }: Target,
  message: Message,
  { root, env, trees, logs, redact }: Surroundings,
  signal: AbortSignal,
): Promise<Delivery> {
  const logPath = join(root, RALPH_PATHS.notify, `${id}.log`);
  const run = { cwd: root, logPath, limitMs, signal, trees, logs, redact };
  switch (way.kind) {
    case 'webhook': {
      const resolved = resolveAddress(way, env);
      if ('trouble' in resolved) return { kind: 'later', words: resolved.trouble };
      const { address, secrets } = resolved;
      const taken = (text: string) => redact(withoutOwn(text, secrets));
      return postWebhook(address, { id: message.id, body: bodyOf(message), limitMs, signal, redact: taken });
    }
    case 'command': {
      const given = { argv: way.argv, env: hookEnvironment(message, env), input: `${message.line}\n` };
      const secrets = commandSecrets(way.argv, env);
      return runProgram({ ...run, ...given, redact: (text) => redact(withoutOwn(text, secrets)) });
    }
    case 'desktop':
      return popUp(message, { ...run, env });
  }
}

async function popUp(
  message: Message,
  run: Omit<Parameters<typeof runProgram>[0], 'argv' | 'input'>,
): Promise<Delivery> {
  const ageMs = Date.now() - Date.parse(message.at);
  // A time that cannot be read is none of a moment ago.
  if (!(ageMs <= POPUP_MS)) return { kind: 'skipped', words: 'too old for a popup' };
  const trouble = troubleOf(
    { id: '', way: { kind: 'desktop' }, events: [], limitMs: 0 },
    { root: run.cwd, env: run.env },
  );
  if (trouble !== undefined) return { kind: 'skipped', words: trouble };
  const argv = popupCommand(popupOf(message));
  const delivery = await runProgram({ ...run, argv, env: scrubbedEnvironment(run.env), input: '' });
  // Later it would help nobody.
  return delivery.kind === 'failed' || delivery.kind === 'later'
    ? { kind: 'refused', words: delivery.words }
    : delivery;
}

/** Returns the environment of a command: that of the run, with what the event is about. */
export function hookEnvironment(message: Message, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { event } = message;
  const about: Record<string, unknown> = {
    RALPH_EVENT_ID: message.id,
    RALPH_EVENT_TYPE: message.type,
    RALPH_EVENT_AT: message.at,
    RALPH_RUN_ID: message.runId,
    RALPH_REPOSITORY: message.repository,
    RALPH_TASK_ID: event['task_id'],
    RALPH_ATTEMPT: event['attempt'],
  };
  const environment = scrubbedEnvironment(env);
  for (const [name, value] of Object.entries(about)) {
    if (typeof value === 'string' || typeof value === 'number') environment[name] = String(value);
    // The run itself may have been started by an agent.
    else delete environment[name];
  }
  return environment;
}
