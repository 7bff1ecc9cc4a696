// Judges a policy that is right, for what is most likely not meant. Every remark is certain; what could be meant is passed over.
import { inlineSecretsOf, parseWritten } from '../read/inline-secrets.ts';
import type { ConfigReading } from '../read/reading.ts';
import { remarkOnComparisons } from './comparisons.ts';
import { remarkOnConsoles } from './consoles.ts';
import { remarkOnGaps } from './gaps.ts';
import { isImpossible, remarkOnMatch } from './matches.ts';
import { remarkOnPatterns, remarkOnTypes } from './patterns.ts';
import type { PolicyRoute, Remark } from './remark.ts';
import { remarkOnShadows } from './shadow.ts';
import { remarkOnSilences } from './silences.ts';
import { hasNoTime, remarkOnPastTimes, remarkOnQuiet, remarkOnTimes } from './times.ts';

export type { LintRule, Remark } from './remark.ts';

/** In the order of the file, more or less. Without a file there is no policy that anybody wrote. @param nowMs since the epoch */
export function lint(reading: ConfigReading, nowMs: number): Remark[] {
  const { file, config, registries } = reading;
  if (file === undefined) return [];
  const policy = (file.routes ?? []).map((input, index): PolicyRoute => ({ ...input, route: config.routes[index]! }));
  const isAble = (one: PolicyRoute) => !hasNoTime(one) && !isImpossible(one, config.sources, registries);
  const able = policy.filter(isAble);
  const clock = { nowMs, timeZone: config.timeZone };
  return [
    ...remarkOnSecrets(reading),
    ...(policy.length === 0 ? [] : remarkOnGaps(able, config.sources, file.place, clock)),
    ...remarkOnConsoles(reading),
    ...policy.flatMap((one) => [
      ...remarkOnTimes(one),
      ...remarkOnPastTimes(one, nowMs),
      ...remarkOnQuiet(one),
      ...remarkOnMatch(one, config.sources, registries),
      ...remarkOnTypes(one, config.sources, registries),
      ...remarkOnPatterns(one),
      ...remarkOnComparisons(one, config.sources, registries),
    ]),
    ...remarkOnShadows(able),
    ...remarkOnSilences(reading, nowMs),
  ];
}

function remarkOnSecrets(reading: ConfigReading): Remark[] {
  const { file } = reading;
  if (file === undefined) return [];
  return inlineSecretsOf(reading, parseWritten(file.text)).map(({ where, key, variable }) => ({
    rule: 'inline_secret',
    where,
    text: `is a secret, and whoever reads this file has it. Put it into a variable and write \${${variable}} here, or into a file and name that as ${key}_file`,
  }));
}
