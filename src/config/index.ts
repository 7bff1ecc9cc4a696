// The face of the configuration: reads it, judges it and shows it. Nothing else of this folder is
// imported from outside.

export { readDraft } from './draft.ts';
export { type LintRule, lint, type Remark } from './lint/index.ts';
export { type LoadOptions, loadConfig, readConfig } from './load.ts';
export { loadNamedConfig } from './named.ts';
export { findDefinition, secretsOf } from './read/adapters.ts';
export { changesForRestart } from './read/change.ts';
export { type Findings, ownValue } from './read/environment.ts';
export { followedBy } from './read/followed.ts';
export type { CommandVariable } from './read/known.ts';
export { presentable, shownName } from './read/problems.ts';
export type { ConfigReading } from './read/reading.ts';
export type {
  AdapterConfig,
  Config,
  Need,
  ProxyConfig,
  Registries,
  SinkConfig,
  TypeLoaders,
  WrittenRoute,
} from './read/shape.ts';
export { hasGap } from './read/sound.ts';
export { handOverToSdk } from './read/tracing.ts';
export { instant, wholeNumber } from './read/values.ts';
export { showConfig } from './show/index.ts';
export { type KnownIds, readSilences, silencesOf } from './silences/index.ts';
