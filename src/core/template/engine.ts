// Liquid, the language of templates. The only place that knows the library. It reads no files,
// knows only tags and filters whose time has a bound, and checks each name of a field when the
// configuration is read.
import {
  analyzeSync,
  type Context,
  Liquid,
  LiquidError,
  type Template,
  Tokenizer,
  TypeGuards,
  type Variable,
} from 'liquidjs';

/**
 * The template cannot be used, or not for this event. The message is the rest of a sentence about
 * it.
 */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  /** From 1, within the text of the template. */
  readonly line: number;
  readonly column: number;
  /** If it names something that is not there: what is. */
  readonly known: readonly string[];

  constructor(message: string, [line, column]: Position = [1, 1], known: readonly string[] = []) {
    super(message);
    this.line = line;
    this.column = column;
    this.known = known;
  }
}

type Position = readonly [line: number, column: number];

/** The fields that a template can name: groups, and in them `list` or `single`. */
export interface Fields {
  readonly [name: string]: Fields | 'single' | 'list';
}

/** A value as the reader will see it. */
export type Show = (value: unknown, form: ValueForm) => string;

/** As a value, as running text, or as a part of an address. */
export type ValueForm = 'value' | 'text' | 'url';

export interface CompiledText {
  readonly source: string;
  /** Whether it says `labels.<name>`, and where. */
  readonly labels: readonly { readonly name: string; readonly at: Position }[];
  /** @param facts as the fields were when it was compiled @throws {TemplateError} */
  render(facts: object, show: Show): string;
}

export const tags = [
  'assign',
  'case',
  'comment',
  'for',
  'break',
  'continue',
  'if',
  'unless',
] as const;
/** Liquid's own; each looks through its text once. */
const plainFilters = [
  'capitalize',
  'default',
  'downcase',
  'first',
  'join',
  'last',
  'size',
  'slice',
  'strip',
  'truncate',
  'upcase',
];
/** Those that say how a value is shown have the last word, or none. */
export const filters: readonly string[] = [...plainFilters, 'text', 'url_encode'].sort();

const sourceMax = 4000;
/**
 * A second limit: loops go over short lists and do not nest, which bounds the time already. A busy
 * machine may need some 100 ms.
 */
const renderLimitMs = 1000;
/** Characters and entries that filters and loops may go over. */
const memoryMax = 1_000_000;
/** In the facts, where no template can name it: how values are shown this time. */
const showKey = Symbol('show');

const engine = createEngine();

function createEngine(): Liquid {
  const liquid = new Liquid({
    strictFilters: true,
    strictVariables: true,
    ownPropertyOnly: true,
    // In Liquid "" and 0 are true; here they stand for what the vendor did not say.
    jsTruthy: true,
    templates: {},
    renderLimit: renderLimitMs,
    memoryLimit: memoryMax,
    outputEscape(this: { context: Context }, value: unknown) {
      return shown(this.context, value, 'value');
    },
  });
  for (const name of Object.keys(liquid.tags))
    if (!(tags as readonly string[]).includes(name)) delete liquid.tags[name];
  for (const name of Object.keys(liquid.filters))
    if (!filters.includes(name)) delete liquid.filters[name];
  for (const form of ['text', 'url'] as const) {
    liquid.registerFilter(form === 'url' ? 'url_encode' : form, {
      raw: true,
      handler(value: unknown) {
        return shown(this.context, value, form);
      },
    });
  }
  return liquid;
}

function shown(context: Context, value: unknown, form: ValueForm): string {
  return (context.environments as { [showKey]: Show })[showKey](value, form);
}

/** @throws {TemplateError} */
export function compileText(source: string, fields: Fields): CompiledText {
  if (source.length > sourceMax) throw new TemplateError(`is longer than ${sourceMax} characters`);
  return refusing(source, () => {
    const parsed = engine.parse(source);
    checkTokens(source);
    const { variables, globals, locals } = analyzeSync(parsed, { partials: false });
    for (const name of Object.keys(locals)) {
      if (Object.hasOwn(fields, name))
        throw new TemplateError(
          `gives the name "${name}" to something else`,
          placeOf(locals[name]![0]!),
        );
    }
    const labels = Object.values(globals)
      .flat()
      .flatMap((variable) => labelOf(variable, fields));
    for (const variable of Object.values(variables).flat()) checkLocal(variable, globals);
    return {
      source,
      labels,
      render: (facts, show) => refusing(source, () => String(rendered(parsed, facts, show))),
    };
  });
}

function rendered(parsed: Template[], facts: object, show: Show): unknown {
  return engine.renderSync(parsed, { ...facts, [showKey]: show });
}

/** Checks that the field is there, and says so if it is a label. */
function labelOf(variable: Variable, fields: Fields): { name: string; at: Position }[] {
  const at = placeOf(variable);
  let known: Fields | 'single' | 'list' = fields;
  const path: string[] = [];
  for (const segment of variable.segments) {
    if (typeof segment !== 'string')
      throw new TemplateError(
        'has [ ] with more than a name in it: write the field’s name, and first or last for entries',
        at,
      );
    if (typeof known === 'string') {
      if (segment === 'size') return [];
      throw new TemplateError(
        `asks for "${segment}" of ${path.join('.')}, which has no fields`,
        at,
      );
    }
    if (!Object.hasOwn(known, segment)) {
      // Which labels there are the sink decides.
      if (path[0] === 'labels' && path.length === 1) return [{ name: segment, at }];
      throw new TemplateError(
        `has no "${[...path, segment].join('.')}" to show`,
        at,
        Object.keys(known).map((name) => [...path, name].join('.')),
      );
    }
    path.push(segment);
    known = known[segment]!;
  }
  if (typeof known === 'string') return [];
  throw new TemplateError(
    `shows "${path.join('.')}", which is a group: name one of its fields`,
    at,
    Object.keys(known).map((name) => [...path, name].join('.')),
  );
}

const ofLoops = ['first', 'last', 'index', 'index0', 'rindex', 'rindex0', 'length'];

/** Names that the template itself gave stand for texts, numbers and lists, never for groups. */
function checkLocal(
  variable: Variable,
  globals: Readonly<Record<string, readonly Variable[]>>,
): void {
  const [root, field] = variable.segments;
  if (field === undefined || globals[String(root)]?.includes(variable)) return;
  const known = root === 'forloop' ? ofLoops : ['size'];
  if (variable.segments.length === 2 && known.includes(String(field))) return;
  throw new TemplateError(
    `asks for "${String(field)}" of ${String(root)}, which has no such field`,
    placeOf(variable),
    known,
  );
}

function placeOf({ location }: Variable): Position {
  return [location.row, location.col];
}

/** What bounds the time: no loop within another, and no range. */
function checkTokens(source: string): void {
  let loops = 0;
  for (const token of new Tokenizer(source).readTopLevelTokens(engine.options)) {
    if (TypeGuards.isHTMLToken(token)) continue;
    const [line = 1, column = 1] = token.getPosition();
    const written = token.getText();
    refuseRange(written, [line, column]);
    const [, tag = ''] = /^\{%-?\s*(\w+)/.exec(written) ?? [];
    if (tag === 'for') loops += 1;
    if (tag === 'endfor') loops -= 1;
    if (loops > 1) throw new TemplateError('has a loop within another', [line, column]);
  }
}

/** It would be as long as somebody likes. */
function refuseRange(written: string, at: Position): void {
  if (/\.\./.test(written.replace(/"[^"]*"|'[^']*'/g, '')))
    throw new TemplateError('has a range, which no field needs', at);
}

/** Rewords what the library throws. */
function refusing<Result>(source: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    if (!LiquidError.is(error)) throw plain(String((error as Error).message).slice(0, 200), [1, 1]);
    const { token, originalError, message } = error as unknown as {
      token: { getPosition(): [number, number] };
      originalError?: Error;
      message: string;
    };
    const problem = (
      originalError?.message ?? message.replace(/, (file:.*|line:\d+, col:\d+)$/, '')
    ).slice(0, 200);
    throw plain(problem, within(source, token.getPosition()));
  }
}

/** Some tokens count from elsewhere. */
function within(source: string, [line, column]: Position): Position {
  return line <= source.split('\n').length ? [line, column] : [1, 1];
}

function plain(problem: string, at: Position): TemplateError {
  const [, tag] = /^tag "(.*)" not found$/.exec(problem) ?? [];
  if (tag !== undefined)
    return new TemplateError(`has the tag "${tag}", which is not known here`, at, tags);
  const [, filter] = /^undefined filter: (.*)$/.exec(problem) ?? [];
  if (filter !== undefined)
    return new TemplateError(`has the filter "${filter}", which is not known here`, at, filters);
  if (/limit exceeded$/.test(problem))
    return new TemplateError('takes too much time or memory', at);
  return new TemplateError(`is not right: ${problem}`, at);
}
