// What all sources of products that push have in common: nothing but what makes one differs.
import { onlyEvent } from './pushed-item.ts';
import type { PushSource } from './source.ts';

/** A part of a definition. @param create also called for each sample, with the type as its id */
export function pushedBy<Settings>(
  type: string,
  create: (settings: Settings, context: { readonly id: string }) => PushSource,
) {
  return {
    type,
    isPushed: true as const,
    readItem: (text: string, settings: Settings | undefined) =>
      settings && onlyEvent(create(settings, { id: type }), text),
    create,
  };
}
