// The form of a post on the wire. Types only.
import type { Attachment } from './render.ts';

/** As the server decodes it; older servers ignore keys that they do not know. */
export interface Payload {
  readonly text: string;
  readonly username?: string | undefined;
  readonly icon_url?: string | undefined;
  /** Absent: the webhook's own channel. */
  readonly channel?: string | undefined;
  readonly priority?: { readonly priority: 'important' | 'urgent' } | undefined;
  readonly attachments: readonly Attachment[];
  /** The server neither shows nor reserves this key. Readers find duplicates by it. */
  readonly props: {
    readonly tocsin: {
      readonly delivery_id: string;
      readonly event_id: number;
      readonly source: string;
    };
  };
}
