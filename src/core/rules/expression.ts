// Expressions about an event, in the Common Expression Language. The only place that knows the
// library. Expressions are checked when the configuration is read, and bounded so that no
// expression and no event can hold up the service.
import { type ASTNode, Environment, type ParseError } from '@marcbachmann/cel-js';
import { costMax, costOf } from './expression-cost.ts';
import { childrenOf } from './expression-tree.ts';
import { type ExpressionFacts, expressionFields } from './rule-event.ts';

/** The expression cannot be used. The message is the rest of a sentence about it. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  /** The character at which it goes wrong, from 1. */
  readonly column: number;
  /** If it names a field or a function that is not there: those that are. */
  readonly known: readonly string[];

  constructor(message: string, column: number, known: readonly string[] = []) {
    super(message);
    this.column = column;
    this.known = known;
  }
}

export interface Expression {
  readonly text: string;
  /** Undefined: it could not be judged. Never throws. */
  evaluate(facts: ExpressionFacts): boolean | undefined;
}

const expressionMax = 2000;
const limits = {
  maxAstNodes: 300,
  maxDepth: 40,
  maxListElements: 200,
  maxMapEntries: 0,
  maxCallArguments: 3,
};

const environment = new Environment({ unlistedVariablesAreDyn: false, limits })
  .registerVariable('event', { schema: expressionFields })
  // Without this, 4.0 is comparable with a severity by order alone. It serves both ways round.
  .registerOperator(
    'int == double',
    (a: bigint | number, b: bigint | number) => Number(a) === Number(b),
  );

/** @throws {ExpressionError} */
export function compileExpression(written: string): Expression {
  if (written.length > expressionMax)
    throw new ExpressionError(`it is longer than ${expressionMax} characters`, expressionMax);
  const program = parsed(written);
  refuseTheUnbounded(program.ast, undefined);
  const { valid, type = '', error } = program.check();
  if (!valid) throw plain(error, written);
  if (type !== 'bool')
    throw new ExpressionError(`it gives ${nounOf(type)} and not true or false`, 1);
  refuseJoins(program.ast);
  refuseTheCostly(program.ast);
  return {
    text: written,
    evaluate(event) {
      try {
        const result: unknown = program({ event });
        return typeof result === 'boolean' ? result : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** Its tree, whether or not it can be used. @throws {ExpressionError} it is no expression */
export function parseExpression(written: string): ASTNode {
  return parsed(written).ast;
}

function parsed(written: string) {
  try {
    return environment.parse(written);
  } catch (error) {
    throw plain(error, written);
  }
}

const loops = ['exists', 'all', 'exists_one'];
const functions = [
  'startsWith',
  'endsWith',
  'contains',
  'lowerAscii',
  'upperAscii',
  'trim',
  'size',
  ...loops,
];
/** Functions that one would expect, and why they are refused. */
const refusals: Readonly<Record<string, string>> = {
  matches: '"matches" is not allowed: use startsWith, endsWith or contains',
  has: '"has" is always true here: what the vendor did not say is "", 0 or an empty list',
};

/**
 * Refuses what may take long: regular expressions can explode, texts that are split, joined or
 * bound repeatedly can too, and nested loops multiply.
 * @param entry the name that the surrounding loop gives to an entry
 */
function refuseTheUnbounded(node: ASTNode, entry: string | undefined): void {
  if (node.op === 'id' && node.args !== 'event' && node.args !== entry) {
    const message = `there is no "${node.args}": a field begins with event. and a text stands in quotes`;
    throw new ExpressionError(message, node.start + 1);
  }
  // What is between the brackets, and what there is, is known only when there is an event.
  if (node.op === '[]')
    throw new ExpressionError(
      '[ ] is only for writing a list: ask for entries with exists, all or in',
      node.start + 1,
    );
  if (node.op !== 'call' && node.op !== 'rcall') {
    for (const child of childrenOf(node)) refuseTheUnbounded(child, entry);
    return;
  }
  const [name] = node.args;
  const column = columnOf(node);
  if (Object.hasOwn(refusals, name)) throw new ExpressionError(refusals[name]!, column);
  if (!functions.includes(name))
    throw new ExpressionError(`there is no function "${name}"`, column, functions);
  if (node.op === 'call' && name !== 'size')
    throw new ExpressionError(`"${name}" stands after what it is about and a point`, column);
  if (node.op === 'rcall' && loops.includes(name)) {
    refuseTheUnboundedLoop(node, entry);
    return;
  }
  if (name === 'contains' && entry !== undefined && childrenOf(node).slice(1).some(speaksOfEvent)) {
    const message =
      '"contains" within a loop can look for an entry or a plain text, not for a field';
    throw new ExpressionError(message, column);
  }
  for (const child of childrenOf(node)) refuseTheUnbounded(child, entry);
}

function refuseTheUnboundedLoop(node: ASTNode & { op: 'rcall' }, around: string | undefined): void {
  const [name, list, [entry, condition, ...others]] = node.args;
  const column = columnOf(node);
  if (around !== undefined)
    throw new ExpressionError(`"${name}" within another loop is not allowed`, column);
  if (entry?.op !== 'id' || condition === undefined || others.length > 0)
    throw new ExpressionError(loopForm, column);
  const isWritten = list.op === 'list' && list.args.every(({ op }) => op === 'value');
  if (!isFieldOfEvent(list) && !isWritten)
    throw new ExpressionError(
      `"${name}" is for a list of the event, or for one such as ["a", "b"]`,
      column,
    );
  refuseTheUnbounded(condition, entry.args);
}

/** Such as `event.techniques` or `event.change.fields`; the check of types says what is a list. */
function isFieldOfEvent(node: ASTNode): boolean {
  if (node.op !== '.') return false;
  const [of] = node.args;
  return (of.op === 'id' && of.args === 'event') || isFieldOfEvent(of);
}

/** Where the function's name begins. */
function columnOf(node: ASTNode & { op: 'call' | 'rcall' }): number {
  return node.input.indexOf(node.args[0], node.op === 'call' ? node.start : node.args[1].end) + 1;
}

const loopForm = 'a loop has a name and a condition, such as exists(id, id == "T1059")';

function speaksOfEvent(node: ASTNode): boolean {
  return (node.op === 'id' && node.args === 'event') || childrenOf(node).some(speaksOfEvent);
}

/**
 * Within the other bounds, dozens of searches for one long text in another would still hold up
 * every page.
 */
function refuseTheCostly(node: ASTNode): void {
  if (costOf(node) <= costMax) return;
  const message =
    'it would take too long: "contains" stands too often between two fields, or within a loop; ' +
    'look for texts in quotes, or spread it over several routes';
  throw new ExpressionError(message, 1);
}

/** Joined texts have no bound, and time grows with the square of their length. */
function refuseJoins(node: ASTNode): void {
  if (node.op === '+' && !['int', 'double'].includes(typeOf(node)))
    throw new ExpressionError(
      '"+" is for numbers: texts and lists cannot be joined',
      node.start + 1,
    );
  for (const child of childrenOf(node)) refuseJoins(child);
}

/** The type that the library's check found, which its types do not declare; "" if it found none. */
function typeOf(node: unknown): string {
  return (node as { checkedType?: { name: string } } | undefined)?.checkedType?.name ?? '';
}

/** Rewords the errors of the library. */
function plain(error: unknown, written: string): ExpressionError {
  const { summary = '', range, code = '', node } = error as Partial<ParseError>;
  const column = Math.min(range?.start ?? 0, Math.max(0, written.length - 1)) + 1;
  const types = operandsOf(node);
  if (code === 'no_such_key') {
    const [, key] = /^No such key: (.*)$/s.exec(summary) ?? [];
    return new ExpressionError(`there is no field "${key}"`, column, fieldsOf(types[0] ?? ''));
  }
  if (code === 'no_such_overload') {
    const operator = node?.op?.replace('_', '');
    return new ExpressionError(
      `"${operator}" is not for ${types.map(nounOf).join(' and ')}`,
      column,
    );
  }
  if (code === 'unexpected_character' || code === 'unexpected_token' || code === 'expected_token') {
    const [word] = /^(?:\w+|&&|\|\||\S)/u.exec(written.slice(range?.start ?? 0)) ?? [];
    if (word === undefined) return new ExpressionError('it ends before it is complete', column);
    return new ExpressionError(
      `"${word}" is not expected here; and, or, not, equal are &&, ||, !, ==`,
      column,
    );
  }
  return new ExpressionError(plainMessages[code] ?? `${summary} (${code})`, column);
}

const plainMessages: Readonly<Record<string, string>> = {
  invalid_macro_argument: loopForm,
  invalid_condition_type: 'a condition has to be true or false',
  invalid_logical_operand: 'what && and || connect has to be true or false',
  invalid_comprehension_range: 'only a list has entries',
  invalid_index_type: 'a list has no fields: ask for its entries with exists, all or in',
  cannot_index_type: 'only event, and its groups such as event.device, have fields',
  no_matching_overload: 'the function is not for this, or not with these in its brackets',
  incompatible_ternary_branches: 'what stands before and after : has to be of one kind',
  heterogeneous_list_element: 'the entries of a list have to be of one kind',
  unterminated_string: 'a text lacks the quote at its end',
  unterminated_triple_quoted_string: 'a text lacks the quotes at its end',
  newline_in_string: 'a text lacks the quote at the end of its line',
  invalid_escape_sequence:
    'in a text, \\ goes before a quote, another \\, or a letter such as n; write \\\\ for one',
  reserved_identifier: 'this is a word that the language keeps for itself',
  invalid_number: 'this is not a number',
  invalid_exponent: 'this is not a number',
  limit_exceeded: 'it is too long, too deeply nested, or has a map in { }, which is not allowed',
};

/** The types on both sides of an operator, or of what it stands before. */
function operandsOf(node: Partial<ParseError>['node']): string[] {
  return [node?.args].flat().map(typeOf).filter(Boolean);
}

const nouns: Readonly<Record<string, string>> = {
  string: 'a text',
  int: 'a number',
  double: 'a number with a point',
  bool: 'true or false',
  null: 'null (what the vendor did not say is "", 0 or an empty list)',
};

function nounOf(type: string): string {
  if (type.startsWith('list')) return 'a list';
  return nouns[type] ?? (type.startsWith('$') ? 'a group of fields' : `a ${type}`);
}

/** @param group the library's name for a part of the event, such as `$event.device` */
function fieldsOf(group: string): string[] {
  const [, ...path] = group.split('.');
  let fields: unknown = expressionFields;
  for (const key of path) fields = (fields as Record<string, unknown>)[key];
  return typeof fields === 'object' && fields !== null ? Object.keys(fields) : [];
}
