// `mitre_classifications` -> techniques. In this list, unlike elsewhere, servers write null for
// what they do not know. Pure.
import type { Technique } from '../../kit/event.ts';
import { objectsOf, present, textOf, type Wire } from './field.ts';

/** 0 to 5 were seen. */
const countMax = 20;

/** Each with its most exact id; the same id once, also where two tactics share it. */
export function techniquesOf(value: unknown): readonly Technique[] | undefined {
  const byId = new Map<string, Technique>();
  for (const entry of objectsOf(value, countMax)) {
    const technique = techniqueOf(entry);
    if (technique !== undefined && !byId.has(technique.id)) byId.set(technique.id, technique);
  }
  return byId.size === 0 ? undefined : [...byId.values()];
}

function techniqueOf(entry: Wire): Technique | undefined {
  const [tactic, technique, sub] = ['tactic', 'technique', 'sub_technique'].map((level) => ({
    id: shortText(entry[`${level}_id`]),
    name: shortText(entry[`${level}_name`]),
  }));
  const id = sub?.id ?? technique?.id ?? idOfJoined(shortText(entry.mitre_id)) ?? tactic?.id;
  if (id === undefined) return undefined;
  const name = sub?.id === undefined ? technique?.name : (sub.name ?? technique?.name);
  return present<Technique>({ id, name, tactic: tactic?.name });
}

/** `TA0002.T1059.001` -> `T1059.001`; `TA0002` stays. */
function idOfJoined(joined: string | undefined): string | undefined {
  return joined?.replace(/^TA\d+\.(?=T\d)/, '');
}

function shortText(value: unknown): string | undefined {
  return textOf(value, 200);
}
