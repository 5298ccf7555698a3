/** Raised by an element's `forward` when its inputs cannot be used: becomes an issue at that node. */
export class ElementProblem extends Error {
  override readonly name = 'ElementProblem';
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}
