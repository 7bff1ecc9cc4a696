// What the routes of a configuration are read with. Types only.
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
  /** Of the default route, and of routes that name none. */
  readonly minSeverity: Severity;
  /** Ids of sinks that get something without a route; undefined if there may be others. */
  readonly operations: readonly string[] | undefined;
  /** Of times that name none: an IANA name. */
  readonly timeZone: string;
  readonly read: OptionReader;
  readonly findings: Findings;
}
