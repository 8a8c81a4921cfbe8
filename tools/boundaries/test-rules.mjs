// Tests use the real thing, wait for what they wait for, and are all run.

const RULES = [
  { pattern: /\bvi\.(?:mock|doMock|hoisted)\(/, message: 'replaces a module: use the real one' },
  { pattern: /\.only\b\s*(?:\(|\.)/, message: 'keeps the other tests from running' },
  {
    pattern: /\b(?:setTimeout|setInterval)\(|node:timers/,
    message: 'sleeps: wait for a condition (testing/wait-until)',
  },
];

/** A test that is left out has a comment right above it that says why. */
const LEFT_OUT = /\b(?:it|test|describe)\.(?:skip|todo|skipIf|runIf|fails)\b/;

/** Checks the tests of the packages. */
export function checkTests(files) {
  return files.filter((file) => /^packages\/[^/]+\/test\//.test(file.path)).flatMap(checkTest);
}

function checkTest(file) {
  return file.text.split('\n').flatMap((line, index) => {
    const found = RULES.filter(({ pattern }) => pattern.test(line)).map(({ message }) => message);
    if (LEFT_OUT.test(line) && !/^\s*(?:\/\/|\*\/)/.test(file.lines[index - 1] ?? ''))
      found.push('leaves a test out without saying why in the line above');
    return found.map((message) => ({ file: file.path, line: index + 1, message }));
  });
}
