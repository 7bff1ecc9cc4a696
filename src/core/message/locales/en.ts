// English. Everything that Tocsin says in a channel, and nothing of how a sink shows it. Labels are
// words as they stand; sentences have places for values, see ../sentence.ts.
import type { Notice } from '../../../kit/event.ts';

export const en = {
  labels: {
    eventId: 'Event ID',
    type: 'Type',
    severity: 'Severity',
    status: 'Status',
    outcome: 'Outcome',
    action: 'Action',
    lastAction: 'Last Action',
    device: 'Device',
    user: 'User',
    os: 'OS',
    mac: 'MAC',
    domain: 'Domain',
    deviceGroup: 'Device Group',
    policy: 'Policy',
    agent: 'Agent',
    remote: 'Remote Address',
    threatType: 'Threat Type',
    trigger: 'Trigger',
    tenant: 'Tenant / MSP',
    recurrence: 'Recurrence',
    affectedDevices: 'Affected Devices',
    techniques: 'MITRE ATT&CK',
    fileName: 'File',
    fileType: 'File Type',
    fileSize: 'File Size',
    signer: 'Signer',
    path: 'Path',
    script: 'Script',
    fileHash: 'File Hash',
    description: 'Description',
    comment: 'Comment',
    closedAt: 'Closed',
    closeTrigger: 'Closed By',
    lastSeenAt: 'Last Seen',
    fileStatus: 'File Status',
    sandboxStatus: 'Sandbox Status',
    process: 'Process',
    parentProcess: 'Parent Process',
    target: 'Target',
    timestamp: 'Time',
    observed: 'Seen at the Console',
    received: 'Received',
    message: 'Message',
    // For templates alone.
    ip: 'IP',
    link: 'Link',
    suspiciousId: 'Suspicious Event ID',
    titleSuspicious: 'New Suspicious Event Detected',
    source: 'Source',
    stream: 'Stream',
    titleEvent: 'New Event Detected',
    titleNotice: 'Tocsin',
    titleDigest: 'Several Events Together',
    titleStorm: 'Digest of a Storm',
    eventOne: '1 event',
    digestOne: '1 digest',
    deviceOne: '1 device',
    fromAll: 'the first event',
    deviceUnknown: 'an unknown device',
    event: 'Event',
    rows: 'Most Severe',
    reportOpen: 'Not Acknowledged',
    reportScreen: 'To the Screen',
    reportAcknowledge: 'To Acknowledge',
    reportResolve: 'To Resolve',
    reportDead: 'Given Up',
  },
  months: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
  sentences: {
    headline: '{what} on {device}[ ({user})][: {outcome}]',
    heldByRoute: 'Held for {time}[ by route {route}], to come together with others.',
    heldByStorm: 'Sent alone during a storm: the other less urgent events come in digests.',
    delayedBySink: 'Delayed by {time}: the sink took no messages.',
    delayedByBacklog: 'Delayed by {time}: many messages were queued.',
    delayedByPause: 'Delayed by {time}: an operator had paused this sink.',
    wasLate: 'Posted {time} late.',
    elsewhere: 'Posted here because {place} refused it.',
    mayBeRepeated: 'Possibly a repetition: an earlier attempt got no answer.',
    bare: 'The rest of this event could not be posted. It is stored as number {number}.',
    digestBare: 'What these events say could not be posted. They are stored.',
    timeObserved: '{time} (seen at the console; when it happened is not known)',
    timeReceived: '{time} (received; when it happened is not known)',
    seconds: '{count} s',
    days: '{count} d',
    hours: '{count} h',
    minutes: '{count} min',
    eventsWithin: '{events} in {time}',
    eventCount: '{count} events',
    digestCount: '{count} digests',
    deviceCount: '{count} devices',
    digestStorm:
      'Too many events to read one by one. Until that is over, the less urgent ones come in digests.[ {before} came before.]',
    digestRoute: 'Grouped by route {route}[ ({by})].[ {before} were sent before.]',
    digestFile: '{file}[ on {devices}]: {events}[, {before} more before]',
    digestFiles: 'Other files: {count}',
    digestMore: 'and {count} more[ at {where}]',
    times: '{count} times',
    // The weekly report.
    reportSpread: 'median {median}, 9 of 10 within {p90}[ (before: {beforeMedian}, {beforeP90})]',
    reportDevice:
      'Noisiest device: {name}, {messages} messages. A silence after the first would have saved {saved} of them.',
    reportRoute:
      'Noisiest route: {name}, {messages} messages. One message an hour would have saved {saved} of them.',
    reportCut: 'There were more events: these numbers are of the newest {count}.',
    // What became of the event, beside the headline of its card.
    stateAcknowledged: 'Acknowledged[ by {by}][ via {via}], {time}[, until {until}][: “{note}”]',
    stateSnoozed: 'Snoozed[ by {by}][ via {via}] until {until}[: “{note}”]',
    stateResolved: 'Resolved[ by {by}][ via {via}], {time}[: “{note}”]',
    stateResolvedByVendor: 'Resolved by the vendor, {time}',
    stateReopened: 'Open again since {time}',
    stateSeen: 'Seen {count} times[, last at {time}]',
    stateEscalated: 'Escalated to {to}',
    stateUntil: 'Acknowledged until {until}',
    stateNote: 'Note: “{note}”',
    // News of an incident, in one line.
    newsHeadline: '{what}[ on {device}]: {news}',
    newsAcknowledged: 'acknowledged[ by {actor}][ via {via}][, until {until}][: “{note}”]',
    newsSnoozed: 'snoozed[ by {actor}][ via {via}][, until {until}][: “{note}”]',
    newsResolved: 'resolved[ by {actor}][ via {via}][: “{note}”]',
    newsResolvedByVendor: 'resolved by the vendor[: “{note}”]',
    newsReopened: 'reopened[ by {actor}][ via {via}][: “{note}”]',
    newsReopenedByVendor: 'reopened by the vendor[: “{note}”]',
    newsSeenAgain: 'happened again[, {occurrences} times by now][, last at {time}]',
    newsSeverityRaised: 'more severe than before: {severity}',
    newsVendorChanged: 'changed by the vendor',
    newsExpired: 'open again: the acknowledgement or the snooze has ended',
    newsEscalated:
      '**escalated**[ to {to}][ (step {step})][, on duty: {duty}][, nobody is on duty: {fallback} instead][; {skipped} earlier steps came too late][: {reason}]',
    newsUnacknowledged: 'nobody has acknowledged it',
    newsUndelivered: 'it could not be delivered[ to {sinks}]',
    newsNoted: 'note[ by {actor}][: “{note}”]',
  },
  /** Buttons and the choices of a card's menu, some for a length of time. */
  actions: {
    acknowledge: 'Acknowledge',
    resolve: 'Resolve',
    snooze: 'Snooze for {time}',
    reopen: 'Reopen',
    silenceFile: 'Silence this file for {time}',
    silenceDevice: 'Silence this device for {time}',
    escalate: 'Escalate now',
    why: 'Why this card?',
    details: 'Show details',
    more: 'More…',
  },
  /** What happened. */
  notices: {
    watching:
      'Watching {source}[ at {host}][, from {from}].[ START_FROM names {asked}, which is beyond its newest event ({newest}).]',
    source_reset:
      'Source {source} has been reset: its numbers begin anew, and nothing is read from it.',
    source_other: 'Source {source} is not read: its stored position belongs to another console.',
    source_rejected: 'Source {source} refuses our credential: nothing can be read from it.',
    source_failing:
      'Source {source} has not been readable since {since}: what happens now is not seen here yet.',
    source_back: 'Source {source} can be read again[. It could not from {since} to {until}].',
    credential_ending:
      'The credential of source {source} expires at {ends}; nothing can be read from then on.',
    credential_renewed:
      'The credential of source {source} no longer expires soon[: it is valid until {ends}].',
    sink_paused:
      'Sink {sink} refuses our messages[ ({reason})] and is paused. Its messages are kept.',
    sink_failing:
      'Sink {sink} has taken no message since {since}[: it could not be reached ({unreached})][: it answers with an error ({answered})]. Its messages are kept.',
    sink_back: 'Sink {sink} works again[. It took no messages from {since} to {until}].',
    deliveries_dead:
      'Tocsin gave up delivering {events} to sink {sink}: nobody has seen there what happened.',
    deliveries_dead_over: 'Nothing that was given up for sink {sink} is left.',
    calendar_unread:
      'The calendar of who is on duty has not been read since {since}. Steps go by what it said then.',
    calendar_back: 'The calendar of who is on duty is read again.',
    storm_begun:
      'Many events at once: {count} or more are pending. Until that is over, those below {passes} come in digests.',
    storm_over: 'The storm that began at {since} is over: {events} came in {digests}.',
    silence_over:
      'Silence {silence} of {owner} has ended ({reason}). It hid {events}[: {severities}].',
    clock_leapt:
      'The clock of the database leapt by {seconds} s; it now says {now}. Nothing is lost.',
    database_failing:
      'The database has taken no writes since {since}[ ({reason})]. New events are neither read nor shown here until it does. Nothing is lost.',
    database_back: 'The database takes writes again[. It took none from {since} to {until}].',
    report:
      'The week from {from} to {until}: {events}[, {before} in the week before][, {open} not acknowledged].',
    report_empty: 'The week from {from} to {until}: nothing was to be announced.',
    sample: 'This is a sample: the way[ to {sink}] works.',
  },
  /** What to do about it, on a line of its own. */
  advice: {
    watching: 'Check that this is the console and the beginning that you want.',
    source_reset: 'Find out why at the console, then confirm with `tocsin source reset`.',
    source_other: 'Compare the addresses, then confirm with `tocsin source reset`.',
    source_rejected:
      'Check its key, and replace it if it was revoked. Watch the console until then.',
    source_failing: 'Watch the console until it can be read. Tocsin keeps trying.',
    source_back: 'No action is needed: what it reported meanwhile follows now.',
    credential_ending: 'Create a new one and replace it.',
    credential_renewed: 'No action is needed.',
    sink_paused: 'Check its address and permissions; it resumes by itself.',
    sink_failing: 'Check that its server is up and can be reached from here. Tocsin keeps trying.',
    sink_back: 'No action is needed: what was held up follows now.',
    deliveries_dead:
      '`tocsin dead list` shows them and why; `tocsin dead redrive --all` sends them again.',
    deliveries_dead_over: 'No action is needed.',
    calendar_unread: '`tocsin duty` says why; check the address or the file of duty.calendar.',
    calendar_back: 'No action is needed.',
    storm_begun:
      'Look for what they have in common: each digest names the most frequent files and devices.',
    storm_over: 'No action is needed: events come one by one again.',
    silence_over: 'Check at the console that none of them mattered.',
    clock_leapt: 'Set the clock of its host right.',
    database_failing: 'Repair the database, and watch the console until then.',
    database_back: 'No action is needed: what happened meanwhile follows now.',
    report: '`tocsin numbers` shows them by severity and business hours.',
    report_empty: 'No action is needed: `tocsin status` shows what is read.',
    sample: 'No action is needed.',
  },
} as const satisfies {
  readonly months: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly sentences: Readonly<Record<string, string>>;
  readonly actions: Readonly<Record<string, string>>;
  readonly notices: Readonly<Record<Notice['kind'], string>>;
  readonly advice: Readonly<Record<Notice['kind'], string>>;
};

type Words<Of> = { readonly [Key in keyof Of]: string };

/** What every language must say. */
export interface LocaleWords {
  /** As they stand behind the day. */
  readonly months: readonly string[];
  readonly labels: Words<(typeof en)['labels']>;
  readonly sentences: Words<(typeof en)['sentences']>;
  readonly actions: Words<(typeof en)['actions']>;
  readonly notices: Words<(typeof en)['notices']>;
  readonly advice: Words<(typeof en)['advice']>;
}
