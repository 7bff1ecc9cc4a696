// An event as the vendor has it now. What Tocsin stored is never changed, but a card that says
// "quarantine FAILED" after it succeeded would be untrue. Pure.
import type { Field } from '../../kit/card.ts';
import type { EventBody, StoredEvent } from '../../kit/event.ts';
import type { IncidentView } from '../../kit/incident.ts';
import type { Language } from './language.ts';
import { code } from './text.ts';

/** Code points of the vendor's word for a file or a sandbox. */
const wordMax = 60;

/** The event itself where nothing that its card says has changed. */
export function currentOf(event: StoredEvent, incident: IncidentView | undefined): StoredEvent {
  const { digest, notice, news } = event.body;
  if (incident === undefined || digest !== undefined || notice !== undefined || news !== undefined)
    return event;
  const { severity, occurrences, vendor = {} } = incident;
  const { status, action, lastAction, comment } = vendor;
  return {
    ...event,
    severity,
    ...(status !== undefined && { status: status || null }),
    ...(action !== undefined && { action: action || null }),
    body: {
      ...without(event.body, { lastAction, comment }),
      ...(occurrences > 1 && { recurrence: occurrences }),
    },
  };
}

/** An empty text takes away what the body has; undefined leaves it. */
function without(
  body: EventBody,
  changed: Readonly<Record<'lastAction' | 'comment', string | undefined>>,
): EventBody {
  const kept = { ...body } as { -readonly [Key in keyof EventBody]: EventBody[Key] };
  for (const name of ['lastAction', 'comment'] as const) {
    const value = changed[name];
    if (value === '') delete kept[name];
    else if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** What the first card could not say: what became of the file, and what a sandbox found. */
export function verdictsOf({ vendor }: IncidentView, language: Language): Field[] {
  return (['fileStatus', 'sandboxStatus'] as const).flatMap((name) => {
    const value = code(vendor?.[name], wordMax);
    return value.length === 0 ? [] : [{ name: [language.label(name)], value }];
  });
}
