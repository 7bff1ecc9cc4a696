// Finds what is allowed in a policy and probably a mistake. A remark is made only where it is
// certain; whatever could be meant is left alone.
import { inlineSecretsOf, parseWritten } from '../read/inline-secrets.ts';
import type { ConfigReading } from '../read/reading.ts';
import { remarkOnComparisons } from './comparisons.ts';
import { remarkOnConsoles } from './consoles.ts';
import { remarkOnEscalation } from './escalation.ts';
import { remarkOnGaps } from './gaps.ts';
import { isImpossible, remarkOnMatch } from './matches.ts';
import { remarkOnPatterns, remarkOnTypes } from './patterns.ts';
import type { PolicyRoute, Remark } from './remark.ts';
import { remarkOnShadows } from './shadow.ts';
import { remarkOnSilences } from './silences.ts';
import { hasNoTime, remarkOnPastTimes, remarkOnQuiet, remarkOnTimes } from './times.ts';

export type { LintRule, Remark } from './remark.ts';

/**
 * Remarks, roughly in the order of the file; none without a file: then nobody wrote a policy.
 * @param nowMs since the epoch
 */
export function lint(reading: ConfigReading, nowMs: number): Remark[] {
  const { file, config, registries } = reading;
  if (file === undefined) return [];
  const policy = policyOf(reading);
  const canTakeEvents = (one: PolicyRoute) =>
    !hasNoTime(one) && !isImpossible(one, config.sources, registries);
  const usable = policy.filter(canTakeEvents);
  // What only reports changes need not be sent anywhere.
  const sources = config.sources.filter(({ type }) => !registries.sources[type]?.follows);
  const clock = { nowMs, timeZone: config.timeZone };
  return [
    ...remarkOnSecrets(reading),
    ...(policy.length === 0
      ? []
      : remarkOnGaps({ routes: usable, sources, place: file.place }, clock)),
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
    ...remarkOnEscalation(reading, policy),
    ...remarkOnShadows(usable),
    ...remarkOnSilences(reading, nowMs),
  ];
}

/** The routes of the file, in their order. */
export function policyOf({ file, config }: ConfigReading): PolicyRoute[] {
  // A configuration that was read without problems has no gaps in its routes.
  const written = (file?.routes ?? []) as readonly Omit<PolicyRoute, 'route'>[];
  return written.map((input, index) => ({ ...input, route: config.routes[index]! }));
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
