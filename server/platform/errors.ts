/** A request that ends otherwise than well, told on a page of `views/errors/`. */
export class HttpError extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/** Also for what exists but this person may not see: that it exists is not theirs to know. */
export class NotFound extends HttpError {
  constructor() {
    super(404, 'not found');
  }
}

/** For what the person may see and may not change. */
export class Forbidden extends HttpError {
  constructor() {
    super(403, 'forbidden');
  }
}

export class BadInput extends HttpError {
  constructor(message: string) {
    super(400, message);
  }
}

export function orNotFound<T>(row: T | undefined): T {
  if (row === undefined) throw new NotFound();
  return row;
}
