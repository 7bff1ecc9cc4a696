// The form of a post on the wire, and the colour and sign of each severity.
import type { Severity } from '../../kit/event.ts';
import type { CardField } from './fields.ts';

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

export interface Attachment {
  readonly fallback: string;
  /** `#` and six hexadecimal digits; coming versions refuse anything else. */
  readonly color: string;
  readonly title: string;
  readonly title_link?: string | undefined;
  readonly text?: string;
  readonly fields: readonly CardField[];
  readonly footer: string;
}

/** Index = severity, as for `severityNames`. */
const looks: Readonly<Record<Severity, { readonly color: string; readonly sign: string }>> = {
  0: { color: '#8C8C8C', sign: '⚪' },
  1: { color: '#0099FF', sign: '🔵' },
  2: { color: '#00FF00', sign: '🟢' },
  3: { color: '#FFD700', sign: '🟡' },
  4: { color: '#FF6600', sign: '🟠' },
  5: { color: '#FF0000', sign: '🔴' },
};

export function look(severity: Severity): { readonly color: string; readonly sign: string } {
  return looks[severity];
}
