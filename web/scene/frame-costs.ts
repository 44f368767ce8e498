/** The frames of the screen that a mean is taken over. */
const MOST_KEPT = 240;

/** Milliseconds that the last frames of the screen took. */
export class FrameCosts {
  readonly #costs: number[] = [];
  #drawn = 0;

  add(milliseconds: number): void {
    this.#costs.push(milliseconds);
    if (this.#costs.length > MOST_KEPT) this.#costs.shift();
    this.#drawn += 1;
  }

  get told(): { readonly mean: number; readonly worst: number; readonly drawn: number } {
    const sum = this.#costs.reduce((all, one) => all + one, 0);
    return { mean: sum / Math.max(1, this.#costs.length), worst: Math.max(0, ...this.#costs), drawn: this.#drawn };
  }
}
