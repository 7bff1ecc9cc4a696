// Our own sentences with places for values: `{name}` is filled in, a part in brackets is left out
// if one of its values is missing, back-ticks are code and two asterisks strong. A sentence is read
// once, when its language is loaded.
import type { Part, Text } from '../../kit/card.ts';

type Piece = Part | { readonly kind: 'value'; readonly name: string } | Optional;

interface Optional {
  readonly kind: 'optional';
  readonly pieces: readonly Piece[];
}

export interface Sentence {
  readonly pieces: readonly Piece[];
  /** Of the values that it mentions. */
  readonly names: ReadonlySet<string>;
}

/** A value that is missing or has nothing to see. */
const unknown: Text = [{ kind: 'word', text: '?' }];

const token = /\[([^\]]*)\]|\{(\w+)\}|`([^`]+)`|\*\*([^*]+)\*\*/g;

/** @param text ours, from a language's file */
export function sentence(text: string): Sentence {
  const names = [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
  return { pieces: piecesOf(text), names: new Set(names) };
}

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const found of text.matchAll(token)) {
    if (found.index > end) pieces.push({ kind: 'word', text: text.slice(end, found.index) });
    pieces.push(pieceOf(found));
    end = found.index + found[0].length;
  }
  if (end < text.length) pieces.push({ kind: 'word', text: text.slice(end) });
  return pieces;
}

function pieceOf([, optional, name, code, strong]: RegExpMatchArray): Piece {
  if (optional !== undefined) return { kind: 'optional', pieces: piecesOf(optional) };
  if (name !== undefined) return { kind: 'value', name };
  if (code !== undefined) return { kind: 'code', text: code };
  return { kind: 'word', text: strong!, isStrong: true };
}

export type Values = Readonly<Record<string, Text | undefined>>;

export function filled({ pieces }: Sentence, values: Values): Text {
  const parts: Part[] = [];
  fill(pieces, values, parts);
  return parts;
}

function fill(pieces: readonly Piece[], values: Values, parts: Part[]): void {
  for (const piece of pieces) {
    if (piece.kind === 'value') {
      for (const part of given(values, piece.name) ?? unknown) parts.push(part);
    } else if (piece.kind !== 'optional') {
      parts.push(piece);
    } else if (isKnown(piece.pieces, values)) {
      fill(piece.pieces, values, parts);
    }
  }
}

function isKnown(pieces: readonly Piece[], values: Values): boolean {
  return pieces.every((piece) => piece.kind !== 'value' || given(values, piece.name));
}

function given(values: Values, name: string): Text | undefined {
  const value = values[name];
  // What an object inherits is no array.
  return Array.isArray(value) && value.length > 0 ? value : undefined;
}
