// What somebody asks for, by a button or a command. Types alone.

export interface Asked {
  /** The number of the stored event. */
  readonly eventId: string;
  /** What was chosen in a menu, or written behind the event. */
  readonly value: string | undefined;
  readonly note?: string | undefined;
}
