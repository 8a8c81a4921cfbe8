import type { NotifyTarget } from '@ralph/protocol/contract/notify-settings';

/**
 * Takes the variables that webhooks are signed with out of an environment, which changes: what is started from now on, agents
 * among it, could pose as us with them. Returns the environment as it was, for those who sign.
 */
export function setSecretsAside(environment: NodeJS.ProcessEnv, targets: readonly NotifyTarget[]): NodeJS.ProcessEnv {
  const whole = { ...environment };
  for (const { secret_env: name } of targets) if (name !== undefined) delete environment[name];
  return whole;
}
