// Where each operation stands in the API: its method, its path, and which fields the path holds.
import type { AnyOperation, Operation } from '../../operations/index.ts';

export type RoutedOperation = AnyOperation & Required<Pick<Operation<unknown, unknown>, 'route'>>;

export function isRouted(operation: AnyOperation): operation is RoutedOperation {
  return operation.route !== undefined;
}

export interface Places {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `/sinks/{sink}/pause`. */
  readonly path: string;
  /** Names in braces. */
  readonly fields: readonly string[];
}

export function placesOf({ route }: RoutedOperation): Places {
  const [method, path = '/'] = route.split(' ');
  const fields = [...path.matchAll(/\{(\w+)\}/g)].map(([, field]) => field!);
  return { method: method as Places['method'], path, fields };
}

/** As Hono writes it: `/sinks/:sink/pause`. */
export function honoPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}
