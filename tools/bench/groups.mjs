// The groups of the book. Each module has `measure(form)`, which yields the rows and series of the group as it finds them.

/** `once` shows that each row can be measured, and says nothing about what is measured. */
export const FORMS = ['quick', 'full', 'once'];

/** @type {Record<string, { title: string, isUsual: boolean, load: () => Promise<{ measure: (form: string) => AsyncIterable<any> }> }>} */
export const GROUPS = {
  'start-up': { title: 'Start-up', isUsual: true, load: () => import('./groups/start-up.mjs') },
  lock: { title: 'Lock', isUsual: true, load: () => import('./groups/lock.mjs') },
  state: { title: 'State', isUsual: true, load: () => import('./groups/state.mjs') },
  'end-to-end': { title: 'End to end', isUsual: true, load: () => import('./groups/end-to-end.mjs') },
  workspace: { title: 'Workspaces and agents', isUsual: true, load: () => import('./groups/workspace.mjs') },
  growth: { title: 'Growth', isUsual: false, load: () => import('./groups/growth.mjs') },
  train: { title: 'Landing together', isUsual: true, load: () => import('./groups/train.mjs') },
  policies: { title: 'Ways of landing: a study', isUsual: false, load: () => import('./groups/policies.mjs') },
};
