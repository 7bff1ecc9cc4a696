// Forms: filters in the address, and the last step before an act, which says what it will do.
import type { Child } from 'hono/jsx';
import { severityNames } from '../../../kit/event.ts';
import { includes, type Permission } from '../../../operations/index.ts';
import type { Visit } from '../visit.ts';
import type { Words } from '../words/index.ts';

export interface Choice {
  readonly value: string;
  readonly text: string;
}

/** A field with its label; the value comes from the address. */
export function Field({
  visit: { url },
  name,
  label,
  type = 'text',
  choices,
  hint,
  required,
}: {
  readonly visit: Visit;
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'search' | 'number' | 'datetime-local';
  /** Makes it a list to choose from. */
  readonly choices?: readonly Choice[];
  readonly hint?: string;
  readonly required?: boolean;
}) {
  const value = url.searchParams.get(name) ?? '';
  const id = `field-${name}`;
  // What the address has stays chosen, though it is not on the list.
  const others =
    choices?.some((one) => one.value === value) === false ? [{ value, text: value }] : [];
  return (
    <p class="field">
      <label for={id}>{label}</label>
      {choices === undefined ? (
        <input {...{ id, type, name, value, required }} placeholder={hint} />
      ) : (
        <select id={id} name={name}>
          {[...choices, ...others].map((one) => (
            <option value={one.value} selected={one.value === value}>
              {one.text}
            </option>
          ))}
        </select>
      )}
    </p>
  );
}

/** Many lines of text, as it was sent before. */
export function Area({
  name,
  label,
  value,
  rows,
  required,
}: {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly rows: number;
  readonly required?: boolean;
}) {
  const id = `field-${name}`;
  return (
    <p class="field">
      <label for={id}>{label}</label>
      <textarea {...{ id, name, rows, required }} spellcheck={false}>
        {value}
      </textarea>
    </p>
  );
}

/** Every severity that is known, and none: any. @param addressed what the address has */
export function severityChoices(words: Words): Choice[] {
  const known = ([1, 2, 3, 4, 5] as const).map((severity) => ({
    value: severityNames[severity],
    text: words.severities[severity]!,
  }));
  return [{ value: '', text: words.shell.any }, ...known];
}

/** Every sink of the configuration, and none: any. */
export function sinkChoices({ known: { sinks }, words }: Visit): Choice[] {
  return anyOf(sinks, words);
}

/** Every source of the configuration, and none: any. */
export function sourceChoices({ known: { sources }, words }: Visit): Choice[] {
  return anyOf(sources, words);
}

function anyOf(ids: readonly string[], words: Words): Choice[] {
  return [{ value: '', text: words.shell.any }, ...ids.map((id) => ({ value: id, text: id }))];
}

/** A link to the step before an act, for who may act; for others, nothing. */
export function ActLink({
  visit: { actor },
  href,
  text,
  needs = 'operate',
  isButton,
}: {
  readonly visit: Visit;
  readonly href: string;
  readonly text: string;
  /** The permission of the operation. */
  readonly needs?: Permission;
  readonly isButton?: boolean;
}) {
  if (!includes(actor.role, needs)) return null;
  return (
    <a class={isButton ? 'button' : undefined} href={href}>
      {text}
    </a>
  );
}

/** A button that acts, for who may; the text says what it does and to how many. */
export function ActButton({
  visit: { actor, words },
  action,
  text,
  hidden = {},
  isDangerous,
  needs = 'operate',
  children,
}: {
  readonly visit: Visit;
  readonly action: string;
  readonly text: string;
  /** Fields that the visitor does not see. */
  readonly hidden?: Readonly<Record<string, string>>;
  readonly isDangerous?: boolean;
  /** The permission of the operation. */
  readonly needs?: Permission;
  /** Fields that the visitor fills in. */
  readonly children?: Child;
}) {
  if (!includes(actor.role, needs))
    return <p class="quiet">{words.shell.readOnly.replace('{role}', needs)}</p>;
  return (
    <form method="post" action={action} class="row">
      {Object.entries(hidden).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {children}
      <button type="submit" class={isDangerous ? 'danger' : 'primary'}>
        {text}
      </button>
    </form>
  );
}
