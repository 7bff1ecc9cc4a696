// Metrics of the sinks: their state, their storms, the digests and templates of their messages.
import { Counter, Gauge, type Registry } from 'prom-client';

export function createSinkMetrics(registry: Registry) {
  const registers = [registry];
  return {
    templateFailures: new Counter({
      name: 'tocsin_template_failures_total',
      help: 'Messages whose template failed, so that the card of the sink was sent instead.',
      labelNames: ['sink'],
      registers,
    }),
    digests: new Counter({
      name: 'tocsin_digests_total',
      help: 'Digests made, of groups and of storms.',
      labelNames: ['sink', 'kind'],
      registers,
    }),
    digestEvents: new Counter({
      name: 'tocsin_digest_events_total',
      help: 'Events that were put into digests.',
      labelNames: ['sink', 'kind'],
      registers,
    }),
    edits: new Counter({
      name: 'tocsin_edits_total',
      help: 'Edits of posted messages that must show what became of their event, by how they ended.',
      labelNames: ['sink', 'outcome'],
      registers,
    }),
    editsPending: new Gauge({
      name: 'tocsin_edits_pending',
      help: 'Posted messages that do not show what became of their event yet, in the database that all replicas share.',
      labelNames: ['sink'],
      registers,
    }),
    sinkStorm: new Gauge({
      name: 'tocsin_sink_storm',
      help: 'Whether too much is due at once, so that digests go out in place of cards.',
      labelNames: ['sink'],
      registers,
    }),
    sinkOtherPlace: new Gauge({
      name: 'tocsin_sink_other_place',
      help: 'Whether this process leaves the sink alone, because it is worked at another place: by another service on the database, or by a replica with the configuration before.',
      labelNames: ['sink'],
      registers,
    }),
    sinkPausedByOperator: new Gauge({
      name: 'tocsin_sink_paused_by_operator',
      help: 'Whether an operator has paused the sink: nothing is sent to it, and everything is kept.',
      labelNames: ['sink'],
      registers,
    }),
    sinkState: new Gauge({
      name: 'tocsin_sink_state',
      help: 'The state that the sink is in has the value 1.',
      labelNames: ['sink', 'state'],
      registers,
    }),
  };
}
