// Says in words what is wrong with the form of a YAML text. Never shows the text: it may hold a
// secret.
import { type Document, visit, type YAMLParseError } from 'yaml';

export interface YamlFault {
  /** Where to look, in characters from the beginning of the text. */
  readonly offset: number;
  /** The rest of a sentence about that place. */
  readonly problem: string;
  readonly remedy: string;
}

type Words = readonly [problem: string, remedy: string];

/** By the code of the parser's error. */
const words: Readonly<Record<string, Words>> = {
  TAB_AS_INDENT: ['the line is indented with a tab', 'Indent it with blanks'],
  BAD_INDENT: [
    'the line is indented differently from those that it belongs to',
    'Indent it by as many blanks as its neighbours',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    'a "key: value" begins within a value',
    'Put quotes around a value that holds a colon and a blank, or see how far the next line is indented',
  ],
  MULTILINE_IMPLICIT_KEY: [
    'the key before the colon has several lines',
    'Write "key: value" on one line, with a blank behind the colon',
  ],
  BAD_SCALAR_START: ['a value cannot begin with this character', 'Put quotes around the value'],
  MULTIPLE_DOCS: ['a second document begins here', 'Remove this line'],
  BAD_DQ_ESCAPE: [
    'a backslash within double quotes begins nothing that is known',
    'Write two backslashes, or use single quotes',
  ],
};
const openQuote: Words = ['a quote is opened here and never closed', 'Close it'];
const openBracket: Words = [
  'a bracket that was opened before this is never closed',
  'Close it, or indent this line if it belongs within the brackets',
];
const keyAlone: Words = [
  'no colon follows this key',
  'Write "key: value", with a blank behind the colon',
];
const tooDeep: Words = [
  'brackets are nested too deeply',
  'Write it with fewer brackets inside each other',
];
const other: Words = [
  'this cannot stand here',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is meant to be read so
  'Correct this line, or the one before it. Inside of { } and [ ], "${VAR}" needs quotes',
];

/** The first fault; undefined if there is none. Those after it are mostly consequences of it. */
export function yamlFaultOf(document: Document): YamlFault | undefined {
  const [error] = document.errors;
  if (error === undefined) return undefined;
  const [problem, remedy] = wordsFor(error);
  const offset = offsetOf(error, document);
  return { offset, problem: `is not valid YAML: ${problem}`, remedy };
}

/** Some codes stand for several faults, which only the parser's own words tell apart. */
function wordsFor({ code, message }: YAMLParseError): Words {
  if (/call stack/.test(message)) return tooDeep;
  if (isAboutQuote(message)) return openQuote;
  if (/end with a [\]}]$/.test(message)) return openBracket;
  if (/need to be followed by map values$/.test(message)) return keyAlone;
  return words[code] ?? other;
}

function isAboutQuote(message: string): boolean {
  return /^Missing closing .quote/.test(message);
}

/** The parser reports an open quote at the end of the file; people need its beginning. */
function offsetOf({ message, pos: [end] }: YAMLParseError, document: Document): number {
  let offset = end;
  if (isAboutQuote(message))
    visit(document, {
      Scalar(_, { range, type }) {
        if (/^QUOTE/.test(type ?? '') && range?.[1] === end) offset = range[0];
      },
    });
  return offset;
}
