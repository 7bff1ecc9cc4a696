// Incidents for tests: one to which nothing happened yet but that it has a row.
import type { IncidentView, News } from '../../src/kit/incident.ts';

export function incidentView(more: Partial<IncidentView> = {}): IncidentView {
  return {
    id: 1,
    eventId: 4711,
    state: 'open',
    version: 1,
    severity: 4,
    by: null,
    via: null,
    changedAt: '2026-03-01T02:03:09.120Z',
    until: null,
    note: null,
    occurrences: 1,
    lastSeenAt: null,
    escalatedTo: null,
    ...more,
  };
}

/** News of {@link incidentView}: somebody acknowledged it. */
export function incidentNews(more: Partial<News> = {}): News {
  return {
    kind: 'acknowledged',
    incidentId: 1,
    eventId: 4711,
    about: {
      severity: 4,
      type: 'STATIC_ANALYSIS',
      device: 'DC01',
      itemId: '1203',
      link: 'https://console.example/events/1203',
    },
    state: 'acknowledged',
    actor: 'ana',
    via: 'chat',
    values: {},
    ...more,
  };
}
