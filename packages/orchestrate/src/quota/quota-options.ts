import type { OptionSpecs } from '@ralph/protocol/cli/options';

/** What a run may use, and what it does when a provider refuses to go on. None has a fallback: that is a setting's to say. */
export const QUOTA_OPTIONS = {
  'wait-for-quota': {
    kind: 'flag',
    describe:
      'when an agent is turned away by a limit of its provider, wait until that is over and go on (default: start nothing more, end with 5)',
  },
  'despite-quota': {
    kind: 'flag',
    describe: 'start agents although one was turned away earlier and the limit is not over yet',
  },
  account: {
    kind: 'text',
    value: 'NAME',
    describe: 'whose quota the agents use; runs with the same account heed its limit (default: the name of the agent)',
  },
  'max-time': { kind: 'seconds', describe: 'start nothing more after so long; what runs is finished' },
  'max-tokens': {
    kind: 'amount',
    value: 'N',
    describe: 'start nothing more once the agents have told of so many tokens, as 500K or 2M',
  },
  'max-cost': {
    kind: 'amount',
    value: 'USD',
    describe: 'start nothing more once the agents have told of such a cost, in US dollars',
  },
} as const satisfies OptionSpecs;
