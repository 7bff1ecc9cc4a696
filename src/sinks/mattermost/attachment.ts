// What a post shows below its message, as the server takes it. Types only.

/** Without a title: what stands below a card. */
export interface DetailsAttachment {
  readonly fallback: string;
  /** `#` and six hexadecimal digits; anything else becomes an error in coming versions. */
  readonly color: string;
  readonly text?: string | undefined;
  readonly fields?: readonly AttachmentField[] | undefined;
}

export interface Attachment extends DetailsAttachment {
  readonly title: string;
  readonly title_link?: string | undefined;
  /** Absent: the text has it. */
  readonly footer?: string | undefined;
  readonly actions?: readonly AttachmentAction[] | undefined;
}

/** A button, or a menu with options. The server calls `integration.url`, and shows it to nobody. */
export interface AttachmentAction {
  /** Letters and digits: the server finds no route to another. */
  readonly id: string;
  readonly name: string;
  readonly type: 'button' | 'select';
  readonly style?: 'primary' | 'danger' | undefined;
  readonly options?: readonly { readonly text: string; readonly value: string }[] | undefined;
  readonly integration: { readonly url: string; readonly context: { readonly token: string } };
}

export interface AttachmentField {
  readonly title: string;
  readonly value: string;
  /** Two of them share a row. */
  readonly short: boolean;
}
