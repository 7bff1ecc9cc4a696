// What happens in the demo, and when: a quiet day with a script here and there, bursts from one
// device, and now and then an attack. Pure.
import { devices } from '../events/devices.ts';
import type { TenantStream } from '../events/index.ts';
import { pickWeighted, type Random } from '../events/random.ts';
import type { AddOptions } from '../tenant/index.ts';

export interface ScenarioAdd {
  readonly stream: TenantStream;
  readonly count: number;
  readonly options: AddOptions;
}

export interface ScenarioStep {
  /** Describes the step in one line. */
  readonly words: string;
  readonly adds: readonly ScenarioAdd[];
  /** Until the next step. */
  readonly pauseMs: number;
}

/** The events of the last hour that the tenant has when the demo starts. */
export const history: readonly ScenarioAdd[] = [
  { stream: 'events', count: 2, options: { ageSeconds: 2700, severity: 'LOW' } },
  { stream: 'suspicious', count: 2, options: { ageSeconds: 1500 } },
  { stream: 'events', count: 1, options: { ageSeconds: 900, severity: 'MODERATE' } },
  { stream: 'events', count: 1, options: { ageSeconds: 420, severity: 'HIGH' } },
];

export function nextStep(random: Random): ScenarioStep {
  const happening = pickWeighted(random, [
    [50, singleEvent],
    [28, singleScript],
    [12, burst],
    [10, attack],
    [5, outbreak],
  ]);
  return happening(random);
}

function singleEvent(random: Random): ScenarioStep {
  return {
    words: 'one device reports an event',
    adds: [{ stream: 'events', count: 1, options: {} }],
    pauseMs: random.integer(2000, 5000),
  };
}

function singleScript(random: Random): ScenarioStep {
  return {
    words: 'a script looks suspicious',
    adds: [{ stream: 'suspicious', count: 1, options: {} }],
    pauseMs: random.integer(2000, 4000),
  };
}

function burst(random: Random): ScenarioStep {
  const { hostname } = random.pick(devices);
  const count = random.integer(4, 8);
  return {
    words: `${hostname} runs ${count} scripts at once`,
    adds: [{ stream: 'suspicious', count, options: { hostname } }],
    pauseMs: random.integer(5000, 8000),
  };
}

function attack(random: Random): ScenarioStep {
  const { hostname } = random.pick(devices);
  return {
    words: `${hostname} is attacked`,
    adds: [
      { stream: 'suspicious', count: 1, options: { hostname, severity: 'HIGH' } },
      { stream: 'events', count: 1, options: { hostname, severity: 'HIGH' } },
      { stream: 'events', count: 1, options: { hostname, severity: 'VERY_HIGH' } },
    ],
    pauseMs: random.integer(5000, 8000),
  };
}

/** A storm: more events than people can read, so that only critical ones get cards. */
function outbreak(random: Random): ScenarioStep {
  const count = random.integer(40, 90);
  return {
    words: `${count} events at once, and digests in place of cards until that is over`,
    adds: [
      { stream: 'events', count: Math.floor(count / 2), options: {} },
      { stream: 'suspicious', count: Math.ceil(count / 2), options: {} },
      { stream: 'events', count: 2, options: { severity: 'VERY_HIGH' } },
    ],
    pauseMs: random.integer(15_000, 20_000),
  };
}

/** The 40 events of `--once`: all severities, both streams. */
export const onceScenario: readonly ScenarioAdd[] = [
  { stream: 'events', count: 2, options: { severity: 'VERY_HIGH' } },
  { stream: 'events', count: 5, options: { severity: 'HIGH' } },
  { stream: 'events', count: 16, options: {} },
  { stream: 'events', count: 1, options: { severity: null } },
  { stream: 'suspicious', count: 16, options: {} },
];
