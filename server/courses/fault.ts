/** What is wrong with a course package, told where its author can find it. The sentence is the message `package.<code>`. */
export interface Fault {
  /** path inside the course folder */
  file: string;
  /** counted from 1; null when the whole file is meant */
  line: number | null;
  code: string;
  values: Record<string, string | number>;
}

/** A fault told by a reader that does not know which file its text came from. */
export type TextFault = Omit<Fault, 'file'>;
