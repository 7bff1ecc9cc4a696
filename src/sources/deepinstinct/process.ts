// The acting process and its parent, out of `process_chain` and the flat fields of suspicious
// events. Pure.
import type { Process } from '../../kit/event.ts';
import { baseName, countOf, firstText, objectsOf, present, textOf, type Wire } from './field.ts';

interface Pair {
  readonly process: Process | undefined;
  readonly parentProcess: Process | undefined;
}

/** Real chains have 3 to 7. */
const chainLengthMax = 100;

/** @param sources values of the `source` list of 3.x by their type */
export function processesOf(wire: Wire, sources: ReadonlyMap<string, string>): Pair {
  const { child, parent } = youngest(objectsOf(wire.process_chain, chainLengthMax));
  return {
    process: merge(processOf(child), {
      name: firstText(wire, 'process_name'),
      path: firstText(wire, 'process_path') ?? sources.get('PROCESS_PATH'),
      commandLine: firstText(wire, 'process_command_line'),
      user: undefined,
      id: countOf(wire.process_id),
    }),
    parentProcess: merge(processOf(parent), {
      name: undefined,
      path: firstText(wire, 'parent_process_path') ?? sources.get('PARENT_PROCESS_PATH'),
      commandLine: firstText(wire, 'parent_process_command_line'),
      user: undefined,
      id: undefined,
    }),
  };
}

type Fields = { [K in keyof Process]-?: Process[K] | undefined };

function processOf(entry: Wire | undefined): Fields {
  const written = textOf(entry?.process_name);
  const isPath = written !== undefined && /[\\/]/.test(written);
  return {
    name: isPath ? undefined : written,
    path: isPath ? written : undefined,
    commandLine: textOf(entry?.command),
    user: textOf(entry?.executing_user),
    id: countOf(entry?.process_id),
  };
}

function merge(chain: Fields, flat: Fields): Process | undefined {
  const path = chain.path ?? flat.path;
  return present<Process>({
    name: chain.name ?? flat.name ?? (path === undefined ? undefined : baseName(path)),
    path,
    commandLine: chain.commandLine ?? flat.commandLine,
    user: chain.user ?? flat.user,
    id: chain.id ?? flat.id,
  });
}

/**
 * Chains were only ever seen with the child first and the root last; should one come otherwise, the
 * ids in it say who is whose child.
 */
function youngest(chain: readonly Wire[]): { child: Wire | undefined; parent: Wire | undefined } {
  const [first, second] = chain;
  const isLeaf = (entry: Wire) => !chain.some((other) => isChildOf(other, entry));
  if (first === undefined || second === undefined) return { child: first, parent: second };
  if (isChildOf(first, second) && isLeaf(first)) return { child: first, parent: second };
  const leaves = chain.filter((entry) => isKnown(entry.process_id) && isLeaf(entry));
  const [leaf] = leaves;
  const parent = leaf && chain.find((entry) => isChildOf(leaf, entry));
  // Several leaves, or a circle of reused ids: nobody can tell, so the order stands.
  if (leaves.length !== 1 || parent === undefined) return { child: first, parent: second };
  return { child: leaf, parent };
}

function isChildOf(child: Wire, parent: Wire): boolean {
  return child !== parent && isKnown(child.parent_id) && child.parent_id === parent.process_id;
}

function isKnown(id: unknown): boolean {
  return id !== undefined && id !== null;
}
