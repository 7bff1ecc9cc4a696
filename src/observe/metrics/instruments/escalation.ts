// Metrics of escalations, and of the calendar of who is on duty.
import { Counter, Gauge, type Registry } from 'prom-client';

export function createEscalationMetrics(registry: Registry) {
  const registers = [registry];
  return {
    escalations: new Counter({
      name: 'tocsin_escalations_total',
      help: 'Steps of escalations, by what came of each.',
      labelNames: ['outcome'],
      registers,
    }),
    incidentsPastLastStep: new Gauge({
      name: 'tocsin_incidents_past_last_step',
      help: 'Incidents that are open still although the last step of their route was made, within the last day; counted at most once a minute.',
      registers,
    }),
    escalationsUntold: new Gauge({
      name: 'tocsin_escalations_untold',
      help: 'Steps of open incidents, made over ten minutes and less than a day ago, that reached none of their sinks; counted at most once a minute.',
      registers,
    }),
    dutyCalendarReads: new Counter({
      name: 'tocsin_duty_calendar_reads_total',
      help: 'Attempts to read the calendar of who is on duty, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    dutyCalendarAge: new Gauge({
      name: 'tocsin_duty_calendar_age_seconds',
      help: 'For how long the calendar of who is on duty has not been read; 0 if there is none.',
      registers,
    }),
  };
}
