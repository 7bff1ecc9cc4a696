// What reading the routes of a configuration needs. Types only.
import type { Severity } from '../../kit/event.ts';
import type { AdapterInput } from '../read/adapters.ts';
import type { Findings } from '../read/environment.ts';
import type { RouteInput } from '../read/file.ts';
import type { Names } from '../read/names.ts';
import type { OptionReader } from '../read/options.ts';
import type { Registries } from '../read/shape.ts';
import type { Templates } from '../templates/index.ts';

export interface RoutesContext {
  /** Undefined: the default route. */
  readonly written: readonly RouteInput[] | undefined;
  readonly sinks: readonly AdapterInput[];
  readonly sinkTypes: Registries['sinks'];
  readonly names: { readonly sources: Names; readonly sinks: Names };
  readonly templates: Templates;
  /** The threshold of the default route, and of routes without one. */
  readonly minSeverity: Severity;
  /** Ids of sinks that get notices without a route; undefined if they could not all be read. */
  readonly operations: readonly string[] | undefined;
  /** Of times that name none: an IANA name. */
  readonly timeZone: string;
  /** Somebody may be on duty. */
  readonly hasDuty: boolean;
  /** No step may come later. */
  readonly escalationMaxAgeMs: number;
  readonly read: OptionReader;
  readonly findings: Findings;
}
