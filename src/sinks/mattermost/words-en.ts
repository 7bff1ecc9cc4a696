// The card's words in English. Another locale is another file with the same keys.

/** What a locale must provide. Notices get their values already made safe. */
export interface Words {
  readonly titles: { readonly event: string; readonly suspicious: string };
  readonly severities: readonly [string, string, string, string, string, string];
  readonly labels: Readonly<Record<Label, string>>;
  delayed(minutes: number, reason: 'sink' | 'backlog'): string;
  refusedChannel: string;
  textLeftOut: string;
  readonly notices: Readonly<Record<NoticeKind, (values: Readonly<Record<string, string>>) => string>>;
}
export type NoticeKind = 'watching' | 'source_reset' | 'source_rejected' | 'sink_paused' | 'sink_back' | 'sample';
export type Label =
  | 'id'
  | 'type'
  | 'severity'
  | 'status'
  | 'action'
  | 'lastAction'
  | 'device'
  | 'ip'
  | 'user'
  | 'os'
  | 'threatType'
  | 'tenant'
  | 'recurrence'
  | 'affectedDevices'
  | 'techniques'
  | 'fileName'
  | 'path'
  | 'script'
  | 'hash'
  | 'description'
  | 'process'
  | 'parentProcess'
  | 'target'
  | 'remoteIp'
  | 'time'
  | 'link';

export const en: Words = {
  titles: { event: 'New Event Detected', suspicious: 'New Suspicious Event Detected' },
  severities: ['UNKNOWN', 'INFO', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'],
  labels: {
    id: 'Event ID',
    type: 'Type',
    severity: 'Severity',
    status: 'Status',
    action: 'Action',
    lastAction: 'Last Action',
    device: 'Device',
    ip: 'IP Address',
    user: 'User',
    os: 'OS',
    threatType: 'Threat Type',
    tenant: 'Tenant',
    recurrence: 'Recurrence',
    affectedDevices: 'Affected Devices',
    techniques: 'MITRE ATT&CK',
    fileName: 'File Name',
    path: 'Path',
    script: 'Script',
    hash: 'File Hash',
    description: 'Description',
    process: 'Process',
    parentProcess: 'Parent Process',
    target: 'Target',
    remoteIp: 'Remote IP',
    time: 'Timestamp',
    link: 'Console',
  },
  delayed: (minutes, reason) =>
    `:hourglass: delayed ${duration(minutes)}: ${reason === 'sink' ? 'sink unreachable' : 'backlog'}`,
  refusedChannel: 'the configured channel was refused, so this is posted here',
  textLeftOut: "the event's own text was refused and is left out; see the console",
  notices: {
    watching: ({ source, from }) => `Tocsin is watching ${source} from ${from}`,
    source_reset: ({ source, message }) => `${source} was reset, and nothing new can be read: ${message}`,
    source_rejected: ({ source, message }) => `${source} refuses the credential, and nothing can be read: ${message}`,
    sink_paused: ({ sink, message }) => `${sink} is paused, everything for it is kept: ${message}`,
    sink_back: ({ since, until }) =>
      `This channel could not be reached from ${since} to ${until}; what was held up follows`,
    sample: ({ sink }) => `A sample from Tocsin: the way to ${sink} works`,
  },
};

function duration(minutes: number): string {
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
