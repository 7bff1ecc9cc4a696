// Which roles prefer one process: sources and sinks that a route connects, sinks of one origin, and
// jobs with the first of them. Pure.

export interface GroupingFacts {
  /** Ids. */
  readonly sources: readonly string[];
  readonly sinks: readonly { readonly id: string; readonly origin: string }[];
  /** A route without `sources` is for all of them. */
  readonly routes: readonly {
    readonly sources?: readonly string[] | undefined;
    readonly to: readonly string[];
  }[];
}

/** Names of groups. Which name a group has means nothing; roles of one name belong together. */
export interface Groups {
  /** @param id of a source that was given */
  ofSource(id: string): string;
  /** @param id of a sink that was given */
  ofSink(id: string): string;
  /**
   * Jobs cost next to nothing: they follow the first group, so that none of them moves a source or
   * a sink to another replica. With no group, each is one of its own.
   * @param name of the role
   */
  ofJob(name: string): string;
}

export function groupsOf({ sources, sinks, routes }: GroupingFacts): Groups {
  const groups = new Map<string, string>();
  for (const id of sources) groups.set(sourceKey(id), sourceKey(id));
  for (const { id, origin } of sinks) groups.set(id, origin);
  for (const { sources: from = sources, to } of routes)
    join(groups, [...from.map(sourceKey), ...to]);
  return {
    ofSource: (id) => groups.get(sourceKey(id))!,
    ofSink: (id) => groups.get(id)!,
    ofJob: (name) => groups.values().next().value ?? name,
  };
}

function sourceKey(id: string): string {
  return `source:${id}`;
}

/** Makes one group of those of the members. */
function join(groups: Map<string, string>, members: readonly string[]): void {
  const name = groups.get(members[0] ?? '');
  if (name === undefined) return;
  const joined = new Set(members.map((member) => groups.get(member)));
  for (const [member, group] of groups) if (joined.has(group)) groups.set(member, name);
}
