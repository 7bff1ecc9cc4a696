// Takes an iCalendar file apart (RFC 5545, section 3.1): folded lines, properties with parameters,
// nested components. Knows no property. Pure.

export interface Property {
  /** In capitals, as are the names of the parameters. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** As it is written. */
  readonly value: string;
}

export interface Component {
  /** In capitals: `VEVENT`. */
  readonly name: string;
  readonly properties: readonly Property[];
  readonly components: readonly Component[];
}

/** The text is no calendar; the message is the end of a sentence about it. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError';
}

interface OpenComponent extends Component {
  readonly properties: Property[];
  readonly components: Component[];
}

const opened = (name: string): OpenComponent => ({ name, properties: [], components: [] });

/** The components of all calendars in the text. @throws {CalendarError} */
export function readComponents(text: string): readonly Component[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n|\r/);
  if (!/^BEGIN:VCALENDAR\s*$/i.test(lines.find((line) => line.trim() !== '') ?? ''))
    throw new CalendarError('is no calendar: it does not begin with BEGIN:VCALENDAR');
  const top = opened('');
  const path = [top];
  for (const line of lines) {
    const property = propertyOf(line);
    if (property === undefined) continue;
    const { name, value } = property;
    const current = path.at(-1)!;
    if (name === 'BEGIN') {
      const component = opened(value.trim().toUpperCase());
      current.components.push(component);
      path.push(component);
    } else if (name === 'END') {
      if (path.length === 1 || value.trim().toUpperCase() !== current.name)
        throw new CalendarError(`is damaged: END:${value.trim().slice(0, 20)} ends nothing`);
      path.pop();
    } else current.properties.push(property);
  }
  if (path.length > 1) throw new CalendarError(`is cut off: ${path.at(-1)!.name} has no end`);
  return top.components.flatMap(({ components }) => components);
}

/** Undefined: the line is empty, or no property. */
function propertyOf(line: string): Property | undefined {
  const name = /^[A-Za-z0-9-]+/.exec(line)?.[0];
  if (name === undefined) return undefined;
  const parameters: Record<string, string> = {};
  // What is quoted may hold a colon or a semicolon.
  const parameter = /;([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:,])*(?:,(?:"[^"]*"|[^";:,])*)*)/y;
  let at = name.length;
  for (;;) {
    parameter.lastIndex = at;
    const found = parameter.exec(line);
    if (found === null) break;
    parameters[found[1]!.toUpperCase()] = found[2]!.replaceAll('"', '');
    at = parameter.lastIndex;
  }
  if (line[at] !== ':') return undefined;
  return { name: name.toUpperCase(), parameters, value: line.slice(at + 1) };
}

export function propertyNamed(component: Component, name: string): Property | undefined {
  return component.properties.find((one) => one.name === name);
}

export function propertiesNamed(component: Component, name: string): readonly Property[] {
  return component.properties.filter((one) => one.name === name);
}

/** A value of type TEXT, on one line. */
export function plainTextOf(value: string): string {
  return value
    .replace(/\\([nN;,\\])/g, (_, sign: string) => (sign.toLowerCase() === 'n' ? ' ' : sign))
    .replace(/\s+/g, ' ')
    .trim();
}
