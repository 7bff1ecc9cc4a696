// Expressions over JSON that somebody sends, in the Common Expression Language: a path such as
// `item.rule.level`, or a choice. Checked when the configuration is read, and bounded so that no
// expression and no JSON can hold up the service.
import { type ASTNode, Environment, type ParseError } from '@marcbachmann/cel-js';
import { z } from 'zod';

export interface JsonExpression {
  readonly text: string;
  /** Undefined: a field is missing, or two things do not go together. Never throws. */
  evaluate(variables: JsonVariables): unknown;
}

export interface JsonVariables {
  /** The whole of what was sent. */
  readonly body: unknown;
  /** One item of it. */
  readonly item?: unknown;
}

/** The expression cannot be used. The message is the rest of a sentence about it. */
class JsonExpressionError extends Error {}

const lengthMax = 2000;
const environment = new Environment({
  unlistedVariablesAreDyn: false,
  limits: {
    maxAstNodes: 300,
    maxDepth: 40,
    maxListElements: 200,
    maxMapEntries: 0,
    maxCallArguments: 3,
  },
})
  .registerVariable('body', 'dyn')
  .registerVariable('item', 'dyn');

const loops = ['exists', 'all', 'exists_one', 'filter', 'map'];
/** With a text in quotes as their argument: two long texts of a sender could take minutes. */
const searches = ['contains', 'startsWith', 'endsWith'];
const plainCalls = ['size', 'has', 'string', 'int', 'double', 'lowerAscii', 'upperAscii', 'trim'];
const functions = [...searches, ...loops, ...plainCalls];

/**
 * A setting that is an expression.
 * @param names the variables that it may ask
 */
export function jsonExpression(names: readonly (keyof JsonVariables)[]) {
  return z.string().superRefine((text, context) => {
    try {
      compile(text, names);
    } catch (error) {
      if (!(error instanceof JsonExpressionError)) throw error;
      context.addIssue({ code: 'custom', message: `cannot be used: ${error.message}` });
    }
  });
}

/** @param text checked by {@link jsonExpression} */
export function compileJson(text: string): JsonExpression {
  return compile(text, ['body', 'item']);
}

function compile(text: string, names: readonly string[]): JsonExpression {
  if (text.length > lengthMax)
    throw new JsonExpressionError(`it is longer than ${lengthMax} characters`);
  const program = parsed(text);
  refuse(program.ast, { names, loops: 0 });
  const { valid, error } = program.check();
  if (!valid) throw worded(error);
  return {
    text,
    evaluate(variables) {
      try {
        return program({ ...variables });
      } catch {
        return undefined;
      }
    },
  };
}

function parsed(text: string) {
  try {
    return environment.parse(text);
  } catch (error) {
    throw worded(error);
  }
}

function worded(error: unknown): JsonExpressionError {
  const { summary = 'it is no expression', range } = error as Partial<ParseError>;
  return new JsonExpressionError(`${summary} (character ${(range?.start ?? 0) + 1})`);
}

interface Around {
  readonly names: readonly string[];
  readonly loops: number;
}

function refuse(node: ASTNode, around: Around): void {
  if (node.op === 'id' && !around.names.includes(node.args))
    throw new JsonExpressionError(
      `there is no "${node.args}": a field begins with ${around.names.slice(0, 2).join('. or ')}., and a text stands in quotes`,
    );
  if (node.op === 'call' || node.op === 'rcall') {
    refuseCall(node, around);
    return;
  }
  for (const child of childrenOf(node)) refuse(child, around);
}

function refuseCall(node: ASTNode & { op: 'call' | 'rcall' }, around: Around): void {
  const [name] = node.args;
  if (!functions.includes(name))
    throw new JsonExpressionError(
      `there is no function "${name}"; there are ${functions.join(', ')}`,
    );
  const parts = childrenOf(node);
  if (searches.includes(name) && parts.at(-1)?.op !== 'value')
    throw new JsonExpressionError(`"${name}" can look for a text in quotes alone`);
  if (!loops.includes(name)) {
    for (const part of parts) refuse(part, around);
    return;
  }
  if (around.loops > 0)
    throw new JsonExpressionError(`"${name}" within another loop is not allowed`);
  const [list, entry, ...rest] = parts;
  if (node.op !== 'rcall' || list === undefined || entry?.op !== 'id' || rest.length === 0)
    throw new JsonExpressionError(
      `"${name}" needs a name and a condition, such as ${name}(x, x.open)`,
    );
  refuse(list, around);
  const within = { names: [...around.names, entry.args], loops: around.loops + 1 };
  for (const part of rest) refuse(part, within);
}

function childrenOf(node: ASTNode): ASTNode[] {
  const found: ASTNode[] = [];
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const one of value) look(one);
    else if (typeof value === 'object' && value !== null && 'op' in value)
      found.push(value as ASTNode);
  };
  look(node.args);
  return found;
}
