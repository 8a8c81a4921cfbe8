import { SETTING_KEYS, SETTINGS, type SettingKey, type SettingValues } from './setting-keys.ts';

/** Where a value may come from; what stands later wins. */
export const SOURCES = ['default', 'user', 'project', 'environment', 'flag'] as const;

export type Source = (typeof SOURCES)[number];

/** A value as one layer gives it. */
export interface Given {
  readonly value: unknown;
  /** The file, the variable or the flag. */
  readonly from: string;
  /** The line of the file. */
  readonly line?: number | undefined;
}

export interface Layer {
  readonly source: Exclude<Source, 'default'>;
  readonly given: ReadonlyMap<SettingKey, Given>;
}

/** The value that counts, and where it came from. */
export interface Setting<K extends SettingKey = SettingKey> {
  readonly key: K;
  readonly value: SettingValues[K];
  readonly source: Source;
  readonly from: string;
  readonly line: number | undefined;
}

/** The effective settings of a run. */
export class Settled {
  readonly layers: readonly Layer[];

  constructor(layers: readonly Layer[]) {
    this.layers = layers;
  }

  /** Returns one setting: of the last layer that gives it, else the default. */
  get<K extends SettingKey>(key: K): Setting<K> {
    const ordered = this.layers.toSorted((a, b) => SOURCES.indexOf(b.source) - SOURCES.indexOf(a.source));
    for (const { source, given } of ordered) {
      const found = given.get(key);
      if (found === undefined) continue;
      // Each layer was held against the schema of the key where it was read.
      return { key, value: found.value as SettingValues[K], source, from: found.from, line: found.line };
    }
    return { key, value: SETTINGS[key].fallback, source: 'default', from: 'default', line: undefined };
  }

  value<K extends SettingKey>(key: K): SettingValues[K] {
    return this.get(key).value;
  }

  /** Returns the value that somebody chose; nothing where it is the default. */
  chosen<K extends SettingKey>(key: K): SettingValues[K] | undefined {
    const { source, value } = this.get(key);
    return source === 'default' ? undefined : value;
  }

  all(): Setting[] {
    return SETTING_KEYS.map((key) => this.get(key));
  }
}
