/** Values by key, for what is dear to make and never changes: so many of them, those that were not asked for the longest go first. */
export class Kept<Value extends object> {
  readonly #values = new Map<string, Value>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  async getOrMake(key: string, make: () => Promise<Value>): Promise<Value> {
    const kept = this.get(key);
    if (kept !== undefined) return kept;
    const made = await make();
    this.set(key, made);
    return made;
  }

  set(key: string, value: Value): void {
    // A map gives its keys in the order they came.
    this.#values.delete(key);
    this.#values.set(key, value);
    for (const [oldest] of this.#values) {
      if (this.#values.size <= this.#most) return;
      this.#values.delete(oldest);
    }
  }
}
