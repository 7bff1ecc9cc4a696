// English labels and sentences of the card. Ours alone, so they may hold Markdown; `{name}` is
// filled in, `[…]` left out if its name is missing.

export const en = {
  titleEvent: 'New Event Detected',
  // Templates may name this and `suspiciousId`; cards take both from the event's product.
  titleSuspicious: 'New Suspicious Event Detected',
  titleNotice: 'Tocsin',
  eventId: 'Event ID',
  suspiciousId: 'Suspicious Event ID',
  type: 'Type',
  severity: 'Severity',
  status: 'Status',
  action: 'Action',
  lastAction: 'Last Action',
  device: 'Device',
  ip: 'IP',
  remote: 'remote',
  user: 'User',
  os: 'OS',
  threatType: 'Threat Type',
  tenant: 'Tenant / MSP',
  recurrence: 'Recurrence',
  affectedDevices: 'Affected Devices',
  techniques: 'MITRE ATT&CK',
  fileName: 'File Name',
  path: 'Path',
  script: 'Script',
  fileHash: 'File Hash',
  description: 'Description',
  process: 'Process',
  parentProcess: 'Parent Process',
  target: 'Target',
  timestamp: 'Timestamp',
  received: 'Received',
  timeObserved: 'Time of Entry at the Console (when it happened is not known)',
  timeReceived: 'Time of Arrival (when it happened is not known)',
  message: 'Message',
  link: 'Link',
  bare: 'The rest of this event could not be posted; it is stored.',
  delayedBySink: 'delayed {time}: sink took no messages',
  delayedByBacklog: 'delayed {time}: backlog',
  mayBeRepeated: 'may be a repetition: an earlier attempt got no answer',
  days: '{count} d',
  hours: '{count} h',
  minutes: '{count} min',
  channelRefused:
    'The configured channel {channel} was refused; this is the own channel of the webhook.',
  watching:
    'Watching {source}[ at {host}][, from {from}].[ START_FROM names {asked}, which is beyond its newest ({newest}).]',
  fromAll: 'the first event',
  sourceReset:
    'Source {source} was reset: its numbers start anew, and nothing is read until an operator confirms.',
  sourceOther:
    'Source {source} is not read: its stored position is that of another console. An operator must say what is right.',
  sourceRejected: 'Source {source} refuses our credential: nothing can be read from it.',
  sourceFailing:
    'Source {source} could not be read since {since}: what happens now is not seen yet. It is tried again and again.',
  sourceBack:
    'Source {source} can be read again[: it could not from {since} to {until}]. What it reported meanwhile is posted now.',
  credentialEnding:
    'The credential of source {source} ends at {ends}; nothing can be read from then on. Create a new one and replace it.',
  credentialRenewed:
    'The credential of source {source} does not end soon any more[: it is good until {ends}].',
  sinkPaused: 'Sink {sink} refuses our messages[ ({reason})] and is paused: its messages wait.',
  sinkBack:
    'Sink {sink} is back[: it took no messages from {since} to {until}]. What was held up is posted now.',
  sinkFailing:
    'Sink {sink} has taken no message since {since}[ ({reason})]: its messages wait. It is tried again and again.',
  deliveriesDead:
    'Some events could not be delivered to sink {sink} and were given up: {count}. Nobody has seen them there. `tocsin dead list` shows them and why, `tocsin dead redrive --all` sends them again.',
  deliveriesDeadOver: 'Nothing that was given up for sink {sink} is left.',
  stormBegun:
    'Many events at once: {count} and more are due. Until that is over, those below {passes} come together in digests.',
  stormOver:
    'The storm that began at {since} is over: {events} came in {digests}. Events come one by one again.',
  silenceOver: 'Silence {silence} of {owner} is over ({reason}). It hid {events}[: {severities}].',
  clockLeapt:
    'The clock of the database leapt by {seconds} s; it now says {now}. Nothing is lost. Set the clock of its host right.',
  databaseFailing:
    'The database has taken no writes since {since}[ ({reason})]. New events are neither read nor shown here until it does. Nothing is lost. Mend the database, and watch the vendor’s console until then.',
  databaseBack:
    'The database takes writes again[: it took none from {since} to {until}]. What happened meanwhile is posted now.',
  source: 'Source',
  stream: 'Stream',
  deviceGroup: 'Device Group',
  titleDigest: 'Several Events Together',
  titleStorm: 'Digest of a Storm',
  digestStorm:
    'Too many at once to read one by one: what is less urgent comes together until that is over.[ {before} came before.]',
  digestRoute: 'Together by route {route}[ ({by})][: {before} sent before].',
  digestFile: '{file}[ on {devices}], {events}[; {before} more before]',
  digestFiles: 'Other files: {count}',
  digestRows: 'Most Severe',
  digestMore: 'and {count} more',
  digestBare: 'What these events say could not be posted; they are stored.',
  eventsWithin: '{events} in {time}',
  eventCount: '{count} events',
  eventOne: '1 event',
  digestCount: '{count} digests',
  digestOne: '1 digest',
  deviceCount: '{count} devices',
  deviceOne: '1 device',
  sample: 'This is a sample: the way[ to {sink}] works.',
} as const;

/** What every locale must say. */
export type Labels = { readonly [Key in keyof typeof en]: string };
