/** A failure told to the operator in one or two plain sentences: what happened, what to do. It ends the process with 1, without a stack. */
export class PlainError extends Error {
  override readonly name = 'PlainError';
}
