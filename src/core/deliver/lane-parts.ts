// Builds the parts of a lane and connects them.

import { takeDue } from '../../store/deliveries/index.ts';
import type { Controls } from '../loops/controls.ts';
import type { Lease } from '../loops/lease.ts';
import { createWake, type Wake } from '../loops/wake.ts';
import type { Writes } from '../loops/writes.ts';
import type { SilenceReader } from '../silences/reader.ts';
import { Admission } from './admission.ts';
import { type AttemptOptions, Attempts } from './attempt.ts';
import { circumstancesOfEdit } from './circumstances.ts';
import { Concurrency } from './concurrency.ts';
import { Digester } from './digester.ts';
import { Edits } from './edits.ts';
import { Failing } from './failing.ts';
import { Hastening } from './hastening.ts';
import type { Transition } from './health.ts';
import type { InFlight } from './in-flight.ts';
import { InHand } from './in-hand.ts';
import { Judge, suspectTimeoutMs } from './judge.ts';
import { Precedence } from './precedence.ts';
import { Prober } from './prober.ts';
import type { Ready } from './ready.ts';
import type { Recorder } from './recorder.ts';
import { SinkCheck } from './sink-check.ts';
import { StateReporter, type StateReporterDependencies } from './state-reporter.ts';
import { Thread } from './thread.ts';
import { Deadlines } from './within.ts';

/**
 * How much longer our time-out is than the adapter's, so that the adapter's ends first: it knows
 * how far the request came.
 */
const adapterGrace = 0.02;

export interface LaneDependencies extends AttemptOptions, StateReporterDependencies {
  /** Sends a second that the limiter allows; Infinity for no limit. */
  readonly perSecond: number;
  /** In [0, 1). */
  readonly random: () => number;
  /**
   * Moves backlogs to the ids that the sinks have now, before anything is sent. Resolves to false
   * while this process must not work the sinks.
   * @throws the driver's error; the lane calls it again
   */
  settled?(): Promise<boolean>;
  readonly writes?: Writes | undefined;
  /** Absent: nothing is silenced. */
  readonly silences?: Pick<SilenceReader, 'coverOf'> | undefined;
  /** What operators asked of the sink; absent: nobody can pause it. */
  readonly controls?: Pick<Controls, 'of'> | undefined;
}

/** What the parts call of the lane. */
export interface LaneHooks {
  /** The error that ends all sends that are under way; undefined lets them go on. */
  mustEnd(): Error | undefined;
  /** Called for each change of the sink's state. @param detail what went wrong, in words */
  changed(transition: Transition | undefined, detail?: string): void;
}

export interface LaneParts {
  readonly wake: Wake;
  readonly failing: Failing;
  readonly inHand: InHand;
  /** These three are parts of what is in hand. */
  readonly ready: Ready;
  readonly inFlight: InFlight;
  readonly recorder: Recorder;
  readonly precedence: Precedence;
  readonly concurrency: Concurrency;
  readonly digester: Digester;
  readonly hastening: Hastening;
  readonly reporter: StateReporter;
  readonly judge: Judge;
  readonly prober: Prober;
  readonly attempts: Attempts;
  readonly admission: Admission;
  readonly edits: Edits;
}

/** Nothing runs, and nothing is read, until the lane asks for it. */
export function createParts(deps: LaneDependencies, lease: Lease, hooks: LaneHooks): LaneParts {
  const { policy, id, db, log, sink, random } = deps;
  const { mustEnd, changed } = hooks;
  const wake = createWake();
  const failing = new Failing();
  const inHand = new InHand({
    ...deps,
    sink: id,
    lease,
    batchMax: batchMaxOf(deps),
    rereadMs: policy.rereadMs,
    take: (limit, ids) => takeDue(db, { sink: id, limit, excluded: ids }),
    onChange: () => wake.now(),
  });
  const shared = { id, db, lease, log, excluded: () => inHand.excluded() };
  const digester = new Digester({
    ...deps,
    ...shared,
    storm: policy.storm,
    everyMs: policy.rereadMs,
    countBelow: (priority) => inHand.ready.countBelow(priority),
    announce: (notice, key) => deps.announce({ sink: id, notice, key, to: 'this' }),
  });
  const hastening = new Hastening({ ...shared, onHastened: () => inHand.expire() });
  const timeoutMs = policy.sendTimeoutMs * (1 + adapterGrace);
  const deadlines = new Deadlines(timeoutMs, mustEnd);
  const shortDeadlines = new Deadlines(Math.min(timeoutMs, suspectTimeoutMs), mustEnd);
  const check = new SinkCheck(sink, (call) => deadlines.within(call));
  const judge = new Judge({ check, policy, random, failing, changed });
  const concurrency = new Concurrency(policy.concurrency, deps.perSecond);
  const admission = new Admission({ ...deps, lease });
  const attemptParts = {
    wake,
    inHand,
    failing,
    concurrency,
    digester,
    judge,
    hastening,
    admission,
    deadlines,
    shortDeadlines,
    changed,
  };
  return {
    wake,
    failing,
    inHand,
    concurrency,
    digester,
    hastening,
    judge,
    admission,
    ready: inHand.ready,
    inFlight: inHand.inFlight,
    recorder: inHand.recorder,
    precedence: new Precedence(inHand.inFlight),
    reporter: new StateReporter(deps, lease),
    prober: new Prober({ ...shared, failing, judge, check, digester, changed }),
    attempts: new Attempts(deps, attemptParts),
    edits: new Edits({
      ...deps,
      ...{ lease, check, deadlines, changed },
      messageOf: (edit) => deps.voice.message(edit.event, circumstancesOfEdit(deps, edit)),
      thread: new Thread({
        ...{ id, sink, db, deadlines },
        // Nothing of the card's own: neither its incident nor its template.
        newsMessage: (event, { form }) =>
          deps.voice.message(event, { form, showTenant: deps.showTenant() }),
      }),
      onChange: () => wake.now(),
    }),
  };
}

/** How many deliveries are read at once: enough to recognise a storm. */
export function batchMaxOf({
  policy,
  perSecond,
}: Pick<LaneDependencies, 'policy' | 'perSecond'>): number {
  return Math.min(500, Math.max(20, (policy.storm?.over ?? 0) + 20, Math.ceil(perSecond * 2)));
}
