// The conditions of a route or silence on plain facts of an event. Pure.
import type { EventDraft, Severity } from '../../kit/event.ts';
import type { MissReason } from '../../kit/records/suppression.ts';
import type { Glob } from './glob.ts';
import { addressesIn, type Network } from './network.ts';

/** All that is given must hold; of a list, one entry. What is absent is no condition. */
export interface Match {
  readonly minSeverity: Severity;
  /** Ids of sources. */
  readonly sources?: readonly string[] | undefined;
  readonly streams?: readonly string[] | undefined;
  readonly types?: readonly Glob[] | undefined;
  readonly actions?: readonly Glob[] | undefined;
  readonly statuses?: readonly Glob[] | undefined;
  /** Of the tenant's name or its provider's. */
  readonly tenants?: readonly Glob[] | undefined;
  readonly devices?: readonly Glob[] | undefined;
  readonly groups?: readonly Glob[] | undefined;
  /** Of one of the device's addresses. */
  readonly networks?: readonly Network[] | undefined;
  /**
   * Exceptions: an event that fits one of these does not fit. They have no exceptions themselves.
   */
  readonly not?: readonly Match[] | undefined;
}

/**
 * The first condition that does not hold; undefined if all do. Unknown severity passes every
 * threshold.
 */
export function missOfMatch(
  match: Match,
  source: string,
  draft: EventFacts,
): MissReason | undefined {
  const { severity, body } = draft;
  if (match.sources && !match.sources.includes(source)) return 'other_source';
  if (severity !== 0 && severity < match.minSeverity) return 'below_min_severity';
  if (match.streams && !match.streams.includes(draft.stream)) return 'other_stream';
  if (!fits(match.types, draft.type)) return 'other_type';
  if (!fits(match.actions, draft.action)) return 'other_action';
  if (!fits(match.statuses, draft.status)) return 'other_status';
  if (!fits(match.tenants, body.tenant?.name, body.tenant?.provider)) return 'other_tenant';
  if (!fits(match.devices, body.device?.name)) return 'other_device';
  if (!fits(match.groups, body.device?.group)) return 'other_group';
  if (match.networks && !fits(match.networks, ...addressesIn(body.device?.ip)))
    return 'other_network';
  return match.not?.some((one) => isExcluded(one, source, draft)) ? 'excluded' : undefined;
}

/** In doubt it is not excluded: here, an unknown severity reaches no threshold. */
function isExcluded(not: Match, source: string, draft: EventFacts): boolean {
  if (draft.severity === 0 && not.minSeverity > 0) return false;
  return missOfMatch(not, source, draft) === undefined;
}

/** An event before it is stored, or as it is stored. */
export type EventFacts = Pick<
  EventDraft,
  'stream' | 'type' | 'severity' | 'status' | 'action' | 'body'
>;

/** An event with the id of the source that reported it. */
export interface SourcedEvent {
  readonly source: string;
  readonly event: EventFacts;
}

/** The same, at a time: rules may have theirs. */
export interface EventAt extends SourcedEvent {
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** What the vendor did not say fits no pattern. */
function fits(
  patterns: readonly ((text: string) => boolean)[] | undefined,
  ...texts: readonly (string | null | undefined)[]
): boolean {
  return (
    patterns === undefined ||
    texts.some((text) => text && patterns.some((pattern) => pattern(text)))
  );
}
