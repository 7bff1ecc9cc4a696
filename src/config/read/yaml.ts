// Reads YAML with `${VAR}` in its values, and knows the line and the column of everything in it.
// Knows nothing about what the file means.
import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  Scalar,
  visit,
} from 'yaml';
import type { Findings } from './environment.ts';
import type { Path, Place } from './place.ts';
import { shownName } from './problems.ts';
import { yamlFaultOf } from './yaml-fault.ts';

export interface YamlFile {
  /**
   * Plain values, with the variables filled in; undefined in place of a value that could not be
   * read. An empty file is an empty map.
   */
  readonly content: unknown;
  /** `tocsin.yaml:3:5 sinks.soc.url`; for what is missing, the place of what should hold it. */
  readonly place: Place;
  /** Names of the variables that were referred to. */
  readonly variables: ReadonlySet<string>;
}

/** A file as it was written. */
export interface YamlText {
  readonly text: string;
  /** The name of the file in problems. */
  readonly name: string;
  /** The value of a variable; undefined if it has none. */
  lookUp(variable: string): string | undefined;
  /** Whether a variable may be missing under that key at the top of the file. Default: no. */
  isOptional?(section: string): boolean;
}

type PlaceOffset = (offset: number) => string;

/** A parsed file, and what its problems need. */
interface Parsed {
  readonly document: Document;
  readonly placeOffset: PlaceOffset;
  readonly findings: Findings;
}

/** Undefined, with the problems reported, if the text is not YAML. */
export function readYaml(written: YamlText, findings: Findings): YamlFile | undefined {
  const { text, name } = written;
  if (text.length > textMax) {
    reportTooLarge(name, `is longer than ${textMax / 1_000_000} million characters`, findings);
    return undefined;
  }
  const lines = new LineCounter();
  // The parser looks for equal keys by the square of their number.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false };
  const document = parseDocument(text, options);
  const placeOffset: PlaceOffset = (offset) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  if (isTooLarge(document, name, findings)) return undefined;
  const parsed = { document, placeOffset, findings };
  refuseNames(parsed);
  const variables = fillIn(parsed, written);
  reportFormFault(parsed);
  reportRepeatedKeys(parsed);
  if (document.errors.length > 0) return undefined;
  try {
    const content: unknown = document.toJS() ?? {};
    return { content, place: placeIn(document, placeOffset), variables };
  } catch {
    const problem = 'grows out of all bounds by its anchors';
    findings.problems.push({ where: `${name}:1:1`, problem, remedy: 'Write the values out' });
    return undefined;
  }
}

function reportFormFault({ document, placeOffset, findings }: Parsed): void {
  const fault = yamlFaultOf(document);
  if (fault === undefined) return;
  const { offset, problem, remedy } = fault;
  findings.problems.push({ where: placeOffset(offset), problem, remedy });
}

/**
 * Bounds far above what anybody writes. Work on a file grows with the number of its entries, in
 * places with the square of it; within these bounds it takes a few seconds at most.
 */
const textMax = 4_000_000;
const valuesMax = 100_000;
const entriesMax = 10_000;

function isTooLarge(document: Document, name: string, findings: Findings): boolean {
  let values = 0;
  let entries = 0;
  visit(document, {
    Node(_, node) {
      values += 1;
      if (isMap(node) || isSeq(node)) entries = Math.max(entries, node.items.length);
      return values > valuesMax || entries > entriesMax ? visit.BREAK : undefined;
    },
  });
  if (values <= valuesMax && entries <= entriesMax) return false;
  const what =
    entries > entriesMax
      ? `has a list or map of more than ${entriesMax} entries`
      : `has more than ${valuesMax} values`;
  reportTooLarge(name, what, findings);
  return true;
}

function reportTooLarge(name: string, problem: string, findings: Findings): void {
  const remedy = 'Make it smaller: one pattern with * stands for many names';
  findings.problems.push({ where: `${name}:1:1`, problem, remedy });
}

/** Removes and reports `__proto__`: JavaScript would drop an entry of that name unread. */
function refuseNames({ document, placeOffset, findings }: Parsed): void {
  visit(document, {
    Pair(_, { key }) {
      if (!isScalar(key) || key.value !== '__proto__') return undefined;
      const where = placeOffset(key.range?.[0] ?? 0);
      const remedy = 'Use letters, digits, "-" and "_", beginning with a letter or digit';
      findings.problems.push({ where, problem: '"__proto__" cannot be a name or a key', remedy });
      return visit.REMOVE;
    },
  });
}

/** Reports every key that its map has already. */
function reportRepeatedKeys({ document, placeOffset, findings }: Parsed): void {
  visit(document, {
    Map(_, { items }) {
      const known = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (known.has(key.value)) {
          const where = placeOffset(key.range?.[0] ?? 0);
          const problem = `"${shownName(String(key.value))}" is in this map already`;
          const remedy = 'Keep one of the two, or give one another name';
          findings.problems.push({ where, problem, remedy });
        }
        known.add(key.value);
      }
    },
  });
}

/** The text as a file must write it, so that no part of it is taken for a variable. */
export function literally(text: string): string {
  return text.replaceAll('${', () => '$${');
}

export function hasReference(text: string): boolean {
  return [...text.matchAll(reference)].some(([, variable]) => variable !== undefined);
}

/** `$${` stands for a literal `${`. */
const reference = /\$\$\{|\$\{([^}]*)\}/g;

/** Replaces references by values. @returns the names of the variables that are referred to */
function fillIn(parsed: Parsed, written: YamlText): ReadonlySet<string> {
  const { document, placeOffset, findings } = parsed;
  const variables = new Set<string>();
  visit(document, {
    Alias(key, node) {
      if (node.resolve(document) !== undefined) return;
      const where = placeOffset(node.range?.[0] ?? 0);
      const remedy = 'Put quotes around the value if it begins with "*"';
      const problem = 'refers to an anchor that is not there';
      findings.problems.push({ where, problem, remedy });
      return new Scalar(key === 'key' ? `*${node.source}` : undefined);
    },
    Scalar(key, node, path) {
      if (key === 'key' || typeof node.value !== 'string') return;
      let isWhole = true;
      const filled = node.value.replace(reference, (whole, variable?: string) => {
        if (variable === undefined) return whole.slice(1);
        variables.add(variable);
        const value = isName(variable) ? written.lookUp(variable) : undefined;
        if (value !== undefined) return value;
        isWhole = false;
        const mayBeMissing = isName(variable) && written.isOptional?.(sectionOf(path));
        if (!mayBeMissing) reportNoValue(variable, node, parsed);
        return '';
      });
      node.value = isWhole ? filled : undefined;
    },
  });
  return variables;
}

function isName(variable: string): boolean {
  return /^[A-Za-z_]\w*$/.test(variable);
}

function reportNoValue(variable: string, node: Scalar, { placeOffset, findings }: Parsed): void {
  const isNamed = isName(variable);
  // What is no name may be part of a secret.
  const shown = `\${${isNamed ? variable : '…'}}`;
  const problem = `${shown} ${isNamed ? 'has no value' : 'does not name a variable'}`;
  const first = isNamed
    ? `Set ${variable} in the environment or in .env`
    : 'Write a name of letters, digits and "_" there';
  const remedy = `${first}, or write "$\${" for the text itself`;
  findings.problems.push({ where: placeOffset(node.range?.[0] ?? 0), problem, remedy });
}

function sectionOf(path: readonly unknown[]): string {
  const [, , pair] = path;
  return isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : '';
}

function placeIn(document: Document, placeOffset: PlaceOffset): Place {
  return (path, key) => {
    const whole = key === undefined ? path : [...path, key];
    let node: unknown = document.contents;
    let offset = startOf(node);
    for (const step of whole) {
      if (isMap(node)) {
        const pair = node.items.find(
          (item) => isScalar(item.key) && String(item.key.value) === String(step),
        );
        if (pair === undefined) break;
        offset = startOf(pair.key);
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(step)];
        offset = startOf(node);
      } else break;
    }
    return [placeOffset(offset), dotted(path)].filter((part) => part !== '').join(' ');
  };
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

/** `routes[0].to` */
function dotted(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    const name = shownName(String(step));
    return text === '' ? name : `${text}.${name}`;
  }, '');
}
