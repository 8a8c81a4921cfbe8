/** A queue without a task, which tells a person how one is written. */
export const EMPTY_QUEUE = `{
  // The tasks of ralph, the first one first. Add one with: ralph-state task add --title "What is to be done"
  // or by hand, in this form:
  //   {
  //     "id": "RQ-0001",                        // letters, digits, dot, dash, underscore; once in this file and done.jsonc
  //     "status": "todo",                       // draft, todo, doing
  //     "title": "What is to be done",
  //     "description": "More words for the agent",
  //     "depends_on": ["RQ-0002"],              // starts when these are done
  //     "scope": ["src/login"],                 // what it touches
  //     "scheduled_start": "2030-01-01T00:00:00Z", // not before
  //     "created_at": "2030-01-01T00:00:00Z",
  //     "updated_at": "2030-01-01T00:00:00Z"
  //   }
  // Comments stay when tasks are added or moved to done.jsonc. See: ralph-state schema queue-file
  "version": 1,
  "tasks": []
}
`;
