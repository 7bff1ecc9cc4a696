// Characters that a reader cannot see, but a screen obeys or a comparison counts: the one set of
// them, and where scripts and emoji need one. No other file lists them. Pure.

/** Control characters and line ends. A terminal obeys them. */
const obeyedClass = String.raw`\0-\x1F\x7F-\x9F\u2028\u2029`;

/**
 * Bidi controls, zero-width and other format characters, soft hyphens, tags, fillers, variation
 * selectors, noncharacters, and the Braille blank, which Unicode counts as a symbol.
 */
const unseenClass = String.raw`\p{Cf}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800`;

/**
 * Letters of the Arabic block that join to the next letter (Joining_Type D), and those that only
 * join to the one before (R).
 */
const joinsOn =
  '\u0620\u0626\u0628\u062A-\u062E\u0633-\u063F\u0641-\u0647\u0649\u064A\u066E\u066F\u0678-\u0687\u069A-\u06BF\u06C1\u06C2\u06CC\u06CE\u06D0\u06D1\u06FA-\u06FC\u06FF';
const joinsBack =
  '\u0622-\u0625\u0627\u0629\u062F-\u0632\u0648\u0671-\u0673\u0675-\u0677\u0688-\u0699\u06C0\u06C3-\u06CB\u06CD\u06CF\u06D2\u06D3\u06D5\u06EE\u06EF';
/**
 * Signs of the scripts of India, Sinhala, Myanmar and Khmer. A joiner or non-joiner behind one
 * changes its shape.
 */
const virama =
  '\u094D\u09CD\u0A4D\u0ACD\u0B4D\u0BCD\u0C4D\u0CCD\u0D3B\u0D3C\u0D4D\u0DCA\u1039\u103A\u17D2';
/** Scripts without spaces, in which a zero-width space marks where a line may break. */
const unspaced = String.raw`\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const marks = String.raw`\p{Mn}{0,4}`;

/**
 * Where a character of the set is needed: rules A1, A2 and B of UAX #31 for joiners in identifiers,
 * and what these scripts and emoji need besides.
 */
const needed = [
  // Persian, Urdu, Kurdish: keeps two parts of a word from joining.
  String.raw`(?<=[${joinsOn}]${marks})\u200C(?=${marks}[${joinsOn}${joinsBack}])`,
  // Shows a conjunct as its parts, or as a half form.
  String.raw`(?<=\p{L}${marks}[${virama}])(?:\u200C(?=\p{L})|\u200D(?!\p{M}))`,
  // Bengali ra before ya, and Khmer's shifters before a vowel.
  String.raw`(?<=\u09B0)\u200D(?=\u09CD)|(?<=[\u17C9\u17CA])\u200C(?=[\u17B6-\u17BA])`,
  String.raw`(?<=[${unspaced}])\u200B(?=[${unspaced}])`,
  String.raw`(?<=\p{Extended_Pictographic})[\uFE0E\uFE0F]|(?<=[0-9#*])\uFE0F(?=\u20E3)`,
  String.raw`(?<=\p{Extended_Pictographic}[\uFE0F\u{1F3FB}-\u{1F3FF}]?)\u200D(?=\p{Extended_Pictographic})`,
].join('|');

/** From the ninth mark on one letter, a stack of marks covers the line above. */
const heaped = String.raw`(?<=[\p{Mn}\p{Me}]{8})[\p{Mn}\p{Me}]`;

const neededOrUnseen = new RegExp(`${needed}|([${unseenClass}]|${heaped})`, 'gu');
/** A quick first test: a tenth of the cost, because it has no lookbehind. */
const mayBeUnseen = new RegExp(String.raw`[${unseenClass}]|[\p{Mn}\p{Me}]{9}`, 'u');

/**
 * Writes out each unseen character as `\u{202E}`: in a file name it is a sign of deceit that an
 * analyst must see. Characters that their script needs are kept.
 */
export function withUnseenShown(text: string): string {
  if (!mayBeUnseen.test(text)) return text;
  return text.replace(neededOrUnseen, (found, unseen: string | undefined) =>
    unseen === undefined ? found : codePointShown(unseen),
  );
}

/** Writes out one character: `\u{202E}`. */
export function codePointShown(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`;
}

const controlButNewlineAndTab = new RegExp(String.raw`[${obeyedClass}](?<![\n\t])`, 'g');

/** Writes out each control character as `\u{1B}`, except newlines and tabs. */
export function withControlsShown(text: string): string {
  return text.replace(controlButNewlineAndTab, codePointShown);
}

const controlRun = new RegExp(`[${obeyedClass}]+`, 'g');

/** The text as one line: each run of control characters and line breaks becomes a blank. */
export function withoutControls(text: string): string {
  return text.replace(controlRun, ' ');
}

const anyOfThem = new RegExp(String.raw`[${obeyedClass}\p{Surrogate}${unseenClass}]`, 'u');

/**
 * Whether a text holds any character of the set, even where a script needs it. For addresses.
 */
export function holdsUnseen(text: string): boolean {
  return anyOfThem.test(text);
}

const each = new RegExp(`[${obeyedClass}${unseenClass}]`, 'gu');

/** Leaves them out, even where a script needs them. For what somebody copied to name something. */
export function withoutUnseen(text: string): string {
  return text.replace(each, '');
}

const privateUse = /\p{Private_Use}/u;

/** Whether a text holds characters of private use, which look different in every font. */
export function holdsPrivateUse(text: string): boolean {
  return privateUse.test(text);
}

/**
 * Control characters, line ends and private use as ranges of a character class. For patterns that
 * editors and other languages read too, which may know neither flags nor Unicode properties. The
 * loader refuses more; see `isFitForName`.
 */
export const plainlyUnfitForNames = String.raw`\u0000-\u001F\u007F-\u009F\u2028\u2029\uE000-\uF8FF`;

const printable = /^[\x20-\x7E\n]*$/;
// JSON strings hold no line breaks; those between the lines of indented JSON stay.
const obeyedOrUnseen = new RegExp(String.raw`[${obeyedClass}${unseenClass}](?<!\n)`, 'gu');

/**
 * The same JSON with every character escaped that a terminal obeys or hides, so that it is safe to
 * print. Scripts get no exception, because parsing restores the text.
 */
export function harmlessJson(json: string): string {
  return printable.test(json) ? json : json.replace(obeyedOrUnseen, escaped);
}

function escaped(character: string): string {
  let units = '';
  for (let index = 0; index < character.length; index += 1) {
    units += `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`;
  }
  return units;
}
