import { targetOf } from './import-rules.mjs';

/** Returns one problem for each cycle of imports, type imports included, since they too tie two files together. */
export function checkCycles(files) {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set();
  const problems = [];
  const visit = (file, path) => {
    const start = path.findIndex((step) => step.file === file);
    if (start !== -1) {
      const cycle = path.slice(start);
      const names = [...cycle.map((step) => step.file.path), file.path];
      problems.push({ file: file.path, line: cycle[0].line, message: `imports in a circle: ${names.join(' -> ')}` });
      return;
    }
    if (done.has(file)) return;
    for (const { specifier, line } of file.imports) {
      const target = byPath.get(targetOf(file, specifier) ?? '');
      if (target !== undefined) visit(target, [...path, { file, line }]);
    }
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return problems;
}
