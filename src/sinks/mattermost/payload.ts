// What one post looks like on the wire, and what every card shares: colours, signs, the severity's
// line. Types and constants.
import type { Severity } from '../../kit/event.ts';
import type { CardField } from './fields.ts';

/**
 * As the server decodes it; unknown keys are ignored by older servers. What is undefined does not
 * become JSON.
 */
export interface Payload {
  readonly text: string;
  readonly username?: string | undefined;
  readonly icon_url?: string | undefined;
  /** Absent: the webhook's own channel. */
  readonly channel?: string | undefined;
  readonly priority?: { readonly priority: 'important' | 'urgent' } | undefined;
  readonly attachments: readonly Attachment[];
  /** Neither shown nor reserved by the server: by it a reader tells duplicates. */
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
  /** `#` and six hexadecimal digits; anything else becomes an error in coming versions. */
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
