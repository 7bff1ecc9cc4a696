// What a weekly report counts. Types alone: it is stored with its notice, so that a repetition says
// the same.
import type { Severity } from './severity.ts';

/** Of several times, in seconds; with none of them both are null. */
export interface ReportSpread {
  readonly count: number;
  readonly medianSeconds: number | null;
  /** Nine of ten took no longer. */
  readonly p90Seconds: number | null;
}

/** The events of a week that somebody was to hear of. */
export interface ReportWeek {
  readonly events: number;
  /** Delivered, and neither acknowledged nor resolved by the time of the report. */
  readonly open: number;
  /** Of each severity that there was, the gravest first. */
  readonly severities: readonly {
    readonly severity: Severity;
    readonly events: number;
    readonly open: number;
  }[];
  readonly screen: ReportSpread;
  readonly acknowledge: ReportSpread;
  readonly resolve: ReportSpread;
  /** There were more events: these are of the newest. */
  readonly isCut: boolean;
}

/** What most messages were about. */
export interface ReportNoise {
  /** The vendor's name of a device, or the name of a route. */
  readonly name: string;
  readonly messages: number;
  /** Of a device: by a silence after the first message. Of a route: by one message an hour. */
  readonly saved: number;
}

export interface Report {
  /** The first and the last day, as dates in the time zone of the report: `2026-11-23`. */
  readonly from: string;
  readonly until: string;
  readonly week: ReportWeek;
  readonly before: ReportWeek;
  /** Null: nothing was to be saved. */
  readonly device: ReportNoise | null;
  readonly route: ReportNoise | null;
  /** Deliveries of its events that were given up, and still are. */
  readonly dead: number;
}
