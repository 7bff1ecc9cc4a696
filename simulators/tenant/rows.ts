// One stream of the simulated tenant: items in the order of their ids, kept as the bytes that are
// sent, so that a page costs one copy.

const pageSize = 50;

/** The items of one answer. `lastId` is null exactly if there are none. */
export interface Slice {
  readonly lastId: number | null;
  readonly items: readonly Buffer[];
}

export class Rows {
  #ids: number[] = [];
  #items: Buffer[] = [];

  get ids(): readonly number[] {
    return this.#ids;
  }

  get lastId(): number {
    return this.#ids.at(-1) ?? 0;
  }

  /**
   * Inserts an item by its id, which may be below others, as that of a row that was committed late.
   * @throws the id is taken
   */
  insert(id: number, json: string): void {
    const index = this.#after(id - 1);
    if (this.#ids[index] === id) throw new Error(`the tenant already has an item ${id}`);
    if (index === this.#ids.length) {
      this.#ids.push(id);
      this.#items.push(Buffer.from(json));
    } else {
      this.#ids.splice(index, 0, id);
      this.#items.splice(index, 0, Buffer.from(json));
    }
  }

  replace(id: number, json: string): void {
    this.#items[this.#indexOf(id)] = Buffer.from(json);
  }

  remove(id: number): void {
    const index = this.#indexOf(id);
    this.#ids.splice(index, 1);
    this.#items.splice(index, 1);
  }

  clear(): void {
    this.#ids = [];
    this.#items = [];
  }

  get(id: number): Buffer | undefined {
    const index = this.#after(id - 1);
    return this.#ids[index] === id ? this.#items[index] : undefined;
  }

  /** The first 50 items with an id above `cursor` that `matches` accepts. */
  page(cursor: number, matches?: (item: Buffer, id: number) => boolean): Slice {
    const from = this.#after(cursor);
    if (matches === undefined)
      return this.#slice(from, Math.min(from + pageSize, this.#ids.length));
    const items: Buffer[] = [];
    let lastId: number | null = null;
    for (let index = from; index < this.#ids.length && items.length < pageSize; index += 1) {
      if (!matches(this.#items[index]!, this.#ids[index]!)) continue;
      items.push(this.#items[index]!);
      lastId = this.#ids[index]!;
    }
    return { lastId, items };
  }

  #slice(from: number, to: number): Slice {
    return { lastId: to > from ? this.#ids[to - 1]! : null, items: this.#items.slice(from, to) };
  }

  /** Index of the first id above `id`. */
  #after(id: number): number {
    let low = 0;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#ids[middle]! <= id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #indexOf(id: number): number {
    const index = this.#after(id - 1);
    if (this.#ids[index] !== id) throw new Error(`the tenant has no item ${id}`);
    return index;
  }
}
