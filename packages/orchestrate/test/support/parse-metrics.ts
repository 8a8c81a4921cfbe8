interface Family {
  readonly type: string;
  readonly help: string;
}

export interface Metrics {
  readonly families: ReadonlyMap<string, Family>;
  /** By name and labels as they stand. */
  readonly samples: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const HELP = new RegExp(`^# HELP (${NAME}) ([^\\\\]|\\\\[\\\\n])+$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"';
const SAMPLE = new RegExp(`^((${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})?) (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?)$`);

/** Reads figures as a textfile collector does, and names all that one would refuse: a timestamp among it. */
export function parseMetrics(text: string): Metrics {
  const families = new Map<string, Family>();
  const samples = new Map<string, number>();
  const problems: string[] = [];
  if (!text.endsWith('\n')) problems.push('the last line has no end');
  let help: string | undefined;
  let family: string | undefined;
  for (const line of text.trimEnd().split('\n')) {
    const [, helped] = HELP.exec(line) ?? [];
    const [, typed, type] = TYPE.exec(line) ?? [];
    const [, key, name, , value] = SAMPLE.exec(line) ?? [];
    if (helped !== undefined) {
      help = helped;
      if (families.has(helped)) problems.push(`a second time: ${line}`);
    } else if (typed !== undefined && type !== undefined) {
      if (typed !== help) problems.push(`no help before: ${line}`);
      families.set(typed, { type, help: line });
      family = typed;
    } else if (key !== undefined && name !== undefined) {
      const suffixes =
        family !== undefined && families.get(family)?.type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
      if (!suffixes.some((suffix) => name === `${family}${suffix}`)) problems.push(`in the wrong place: ${line}`);
      if (samples.has(key)) problems.push(`twice: ${line}`);
      samples.set(key, Number(value));
    } else problems.push(`cannot be read: ${line}`);
  }
  return { families, samples, problems };
}
