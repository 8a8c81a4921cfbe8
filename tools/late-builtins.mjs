/** Node has loaded these by the time a program begins. */
const LOADED = new Set(['fs', 'path', 'events', 'buffer']);

const BUILTIN = /^var (\w+) = require\("node:([\w/]+)"\);$/gm;

/**
 * Lets a script load a module of Node at its first use in place of the script's beginning: a file that may start a process
 * imports `node:child_process`, which costs a seventh of a start, and most commands of it start none.
 *
 * @param code CommonJS as esbuild makes it from imports: each module a variable of its own, whose members are looked up at each use
 */
export function lateBuiltins(code) {
  const late = [...code.matchAll(BUILTIN)].filter(([, , module]) => !LOADED.has(module));
  return late.reduce((text, [line, variable, module]) => {
    const [before, after] = text.split(line);
    // In brackets: `new module().Class()` would make an object of the module.
    const used = (part) => part.replaceAll(new RegExp(`\\b${variable}\\b`, 'g'), `(${variable}())`);
    return `${used(before)}var ${variable}_, ${variable} = () => ${variable}_ ??= require("node:${module}");${used(after)}`;
  }, code);
}
