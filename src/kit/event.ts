// What a source reports, in words of no vendor. Types, constants, and the form of unparsed items.

import type { Change, News } from './incident.ts';
import type { Report } from './report.ts';
import type { Severity } from './severity.ts';

export { type Severity, type SeverityName, severityNames } from './severity.ts';

/** The stream name of Tocsin's own notices; see {@link Notice}. */
export const noticeStream = 'notice';
/** The source id of Tocsin's own notices. */
export const noticeSource = 'tocsin';

/** The stream name of news of incidents: events of source `tocsin`; see {@link News}. */
export const newsStream = 'incident';
/** The stream name of later changes of what the vendor reported before; see {@link Change}. */
export const changeStream = 'change';

/** The stream name of digests: events of source `tocsin` that carry many others. */
export const digestStream = 'digest';

/**
 * A MITRE ATT&CK classification; the most exact id known (`T1059.001`, else `T1059`, else
 * `TA0002`).
 */
export interface Technique {
  readonly id: string;
  readonly name?: string;
  readonly tactic?: string;
}

export interface Process {
  readonly name?: string;
  readonly path?: string;
  readonly commandLine?: string;
  readonly user?: string;
  readonly id?: number;
}

/**
 * A message of Tocsin about itself. It is an event of source `tocsin`, so it is stored and
 * delivered like any other. `values` are names, numbers, and ISO times as text, which sinks put
 * into a sentence in their language.
 */
export interface Notice {
  readonly kind:
    | 'watching'
    | 'source_reset'
    | 'source_other'
    | 'source_rejected'
    | 'source_failing'
    | 'source_back'
    | 'credential_ending'
    | 'credential_renewed'
    | 'sink_paused'
    | 'sink_failing'
    | 'sink_back'
    | 'deliveries_dead'
    | 'deliveries_dead_over'
    | 'calendar_unread'
    | 'calendar_back'
    | 'storm_begun'
    | 'storm_over'
    | 'silence_over'
    | 'clock_leapt'
    | 'database_failing'
    | 'database_back'
    | 'report'
    | 'report_empty'
    | 'sample';
  readonly values: Readonly<Record<string, string>>;
}

/** The facts of an event that a digest counts or shows. */
export interface DigestMember {
  readonly eventId: number;
  readonly severity: Severity;
  readonly type: string;
  /** The name of the device, else its id. */
  readonly device: string | undefined;
  /** The vendor's number of the device. Names repeat: each customer has a `DC01`. */
  readonly deviceId?: string | undefined;
  /** The name of the tenant, else its id; undefined if the event names none. */
  readonly tenant?: string | undefined;
  /** Id of the source: tells apart devices of the same name without tenant and number. */
  readonly source?: string | undefined;
  readonly fileHash: string | undefined;
  readonly fileName: string | undefined;
  /** Milliseconds since the epoch. */
  readonly receivedAtMs: number;
  readonly itemId: string | undefined;
  readonly link: string | undefined;
}

/** How many events of a digest share a value. The text is the vendor's, and may be hostile. */
export interface Counted {
  readonly name: string;
  readonly count: number;
  /** The tenant of a device, if the digest is about several tenants. */
  readonly tenant?: string;
}

/** The events of a digest about the same file, which its hash identifies. */
export interface FileCounted {
  readonly hash: string;
  /** One of the names of the file. */
  readonly name?: string;
  readonly count: number;
  /** How many devices of the digest have the file. */
  readonly devices: number;
}

/** One event of a digest, as a row of a table. */
export interface DigestRow {
  readonly id: number;
  readonly severity: Severity;
  readonly type: string;
  readonly device?: string;
  /** Set if the digest is about several tenants. */
  readonly tenant?: string;
  readonly file?: string;
  /** ISO 8601 in UTC. */
  readonly at: string;
  readonly itemId?: string;
  readonly link?: string;
}

/**
 * Many events of one sink in one message. It is an event of source `tocsin` and stream `digest`,
 * frozen before it is sent, so that a repetition says the same. Lists are cut, most frequent first;
 * the numbers beside them count everything.
 */
export interface Digest {
  /** `group`: a route's `group` or `throttle` made it. `storm`: too much was due at once. */
  readonly kind: 'group' | 'storm';
  readonly count: number;
  /** Events sent before: of the group on cards or in digests, of the storm in digests. */
  readonly before: number;
  /** The name of the route that made the group. */
  readonly route?: string;
  /** The fields and values that the events of the group share. */
  readonly by: readonly { readonly field: string; readonly value: string }[];
  /** When the first and the last event arrived, ISO 8601 in UTC. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** Number of events by severity number. */
  readonly severities: readonly number[];
  readonly types: readonly Counted[];
  readonly typeCount: number;
  readonly devices: readonly Counted[];
  readonly deviceCount: number;
  /** Absent unless there are several. */
  readonly tenants?: readonly Counted[];
  readonly tenantCount?: number;
  readonly files: readonly FileCounted[];
  readonly fileCount: number;
  /** The most severe events, oldest first within a severity. */
  readonly rows: readonly DigestRow[];
}

/**
 * The normalised event as stored in `events.body`. Every field is optional: what the vendor did not
 * report is absent or undefined, never null or "". All text is the vendor's (unescaped, maybe
 * hostile), but valid Unicode without NUL. Times are ISO 8601 in UTC.
 */
export interface EventBody {
  /** The vendor's number or name of the item, as its console shows it. */
  readonly itemId?: string;
  /** The vendor's own word for the severity. */
  readonly severityRaw?: string;
  /** When the vendor's server first showed the event. */
  readonly observedAt?: string;
  readonly lastAction?: string;
  readonly trigger?: string;
  readonly threatType?: string;
  readonly description?: string;
  readonly comment?: string;
  readonly device?: {
    readonly id?: string;
    readonly name?: string;
    readonly os?: string;
    readonly osVersion?: string;
    readonly ip?: string;
    readonly mac?: string;
    readonly domain?: string;
    readonly group?: string;
    readonly policy?: string;
    readonly agentVersion?: string;
  };
  /** Logged-in or acting users, as reported. */
  readonly user?: string;
  readonly tenant?: { readonly name?: string; readonly id?: string; readonly provider?: string };
  readonly file?: {
    readonly name?: string;
    readonly path?: string;
    /**
     * A command line or the text of a script, if the vendor reports one in place of a path; up to
     * 3,000 characters and many lines.
     */
    readonly script?: string;
    readonly hash?: string;
    readonly size?: number;
    readonly type?: string;
    readonly signer?: string;
  };
  readonly process?: Process;
  readonly parentProcess?: Process;
  /** What the actor acted on: the process it injected into, the file it encrypted. */
  readonly target?: string;
  readonly remoteIp?: string;
  readonly techniques?: readonly Technique[];
  /** How often the vendor has seen the event, 1 for once. */
  readonly recurrence?: number;
  readonly affectedDevices?: number;
  /** Link to the vendor's console; built from configuration, never from the event's text. */
  readonly link?: string;
  readonly notice?: Notice;
  /** Of the notice `report`. */
  readonly report?: Report;
  readonly digest?: Digest;
  /** Of an event of the stream `change`. */
  readonly change?: Change;
  /** Of an event of source `tocsin` and stream `incident`. */
  readonly news?: News;
}

/** An event as an adapter hands it to core, before it is stored. */
export interface EventDraft {
  /**
   * Unique within the source, and the same for the same bytes; duplicates are found by it. At most
   * 200 characters.
   */
  readonly externalId: string;
  /** The vendor's item that the event is about. */
  readonly subject: string;
  /** `event`, `suspicious`, … */
  readonly stream: string;
  /** The vendor's type, an open set; `UNRECOGNISED` if the item could not be parsed. */
  readonly type: string;
  readonly severity: Severity;
  readonly status: string | null;
  readonly action: string | null;
  /** When it happened on the device, ISO 8601 in UTC; null if the vendor does not report it. */
  readonly occurredAt: string | null;
  readonly body: EventBody;
  /**
   * The vendor's object as JSON text, byte for byte as received; {@link unparsedRaw} of it if it is
   * no JSON.
   */
  readonly raw: string;
}

/**
 * The form in which an item is stored that is no JSON: JSON text with the item's UTF-8 bytes in
 * base64.
 */
export function unparsedRaw(text: string): string {
  return `{"base64":"${Buffer.from(text, 'utf8').toString('base64')}"}`;
}

/** An event as stored, and as sinks get it. */
export interface StoredEvent extends Omit<EventDraft, 'raw' | 'externalId'> {
  /** Order of arrival. */
  readonly id: number;
  readonly source: string;
  readonly externalId: string;
  /** ISO 8601 in UTC, by the database's clock. */
  readonly receivedAt: string;
}

/**
 * How much of the event a message carries. `full`: everything. `short`, after a refusal: the same
 * with every text cut to a few words. `bare`, after the short one was refused too: id, severity,
 * time and link, without any text of the event, since the text must be the reason.
 */
export type MessageForm = 'full' | 'short' | 'bare';
