const COMMIT = 'a'.repeat(40);

export const MARKER = {
  task_id: 'RQ-0001',
  attempt: 1,
  base_commit: COMMIT,
  repo_root: '/r',
  finished: { title: 'A task' },
};

export const INTEGRATION_RECORD = { attempt: 1, base: COMMIT, head: COMMIT, pushed: [COMMIT] };

export const PUBLICATION = { attempt: 1, commit: COMMIT, branch: 'ralph/RQ-0001', sent: [COMMIT], answer: 'x' };

export const PASS = (key: string) => ({ v: 1, key, tree: COMMIT, flaky: false, passed_at: '2026-01-01T00:00:00Z' });

export const PUSH_OUTPUT: readonly string[] = [
  `To /x/origin.git\n \t${COMMIT}:refs/heads/main\t1234567..89abcde\nDone\n`,
  `To /x\n!\t${COMMIT}:refs/heads/main\t[rejected] (fetch first)\nDone\n`,
  `To /x\n!\t${COMMIT}:refs/heads/main\t[remote rejected] (pre-receive hook declined)\nDone\nremote: no \u001b[31mway\u001b[0m\n`,
  `error: cannot lock ref 'refs/heads/main': is at ${'c'.repeat(40)} but expected ${COMMIT}\n`,
];

export const TRANSPORT_WORDS = [
  'fatal: unable to access https://u:p@h.example/x.git/: Could not resolve host: h.example',
  'error: RPC failed; HTTP 503 curl 22 The requested URL returned error: 503',
  'fatal: Authentication failed for https://h.example/',
  'The following submodule paths contain changes that can not be found on any remote:\n  sub\n\nPlease try',
  '',
].join('\n');
