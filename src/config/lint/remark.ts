// What a remark on a policy is. Types only.
import type { Route } from '../../core/routing/index.ts';
import type { RouteInput } from '../read/file.ts';
import type { RouteContent } from '../read/schema/route.ts';

/** A closed set, so that programs may rely on it. */
export type LintRule =
  | 'shadowed_route'
  | 'redundant_route'
  | 'unreachable_time'
  | 'impossible_match'
  | 'unknown_type'
  | 'regular_expression'
  | 'constant_comparison'
  | 'read_twice'
  | 'unread_stream'
  | 'follows_nothing'
  | 'no_way_out'
  | 'quiet_holds_high'
  | 'silences_critical'
  | 'no_acknowledgement'
  | 'inline_secret';

/** Something that is allowed, and probably a mistake. */
export interface Remark {
  readonly rule: LintRule;
  /** `tocsin.yaml:12:5 routes[2]` */
  readonly where: string;
  /**
   * What is wrong, as the rest of a sentence about the place, and in a sentence of its own what to
   * do.
   */
  readonly text: string;
}

/** A route as it was written, and as it works. */
export interface PolicyRoute extends Pick<RouteInput, 'place'> {
  readonly content: RouteContent;
  readonly route: Route;
}
