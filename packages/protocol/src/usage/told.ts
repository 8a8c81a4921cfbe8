import type { Usage } from '../contract/usage.ts';

/** Something that an agent says of itself in its output. */
export type Told =
  /** What follows is said in this session. */
  | { readonly kind: 'session'; readonly agent: 'claude' | 'codex'; readonly session: string }
  | {
      readonly kind: 'used';
      readonly agent?: 'claude' | 'codex' | 'gemini';
      /** The session that has used it, where that is said beside it. */
      readonly session?: string | undefined;
      /** Whether each statement of a session adds, restates all that it has used so far, or only the last one counts. */
      readonly counts: 'each' | 'so_far' | 'last';
      readonly usage: Usage;
    };
