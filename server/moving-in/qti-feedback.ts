import type { XmlElement } from '@rgrove/parse-xml';
import type { Rule } from './qti-rules.ts';
import { attribute, elements } from './xml.ts';

/** What is said after an answer. Each is said once, or told as dropped. */
export class Sayings {
  readonly #texts: Map<string, string>;
  readonly #rules: Rule[];
  readonly #said = new Set<string>();

  constructor(source: XmlElement, rules: Rule[], html: (holder: XmlElement) => string) {
    const entries = elements(source, 'itemfeedback').map((one) => [attribute(one, 'ident'), html(one)] as const);
    this.#texts = new Map(entries.filter(([, text]) => text !== ''));
    this.#rules = rules;
  }

  general(): string | null {
    const always = this.#rules.find(({ isOther, score, feedback }) => isOther && score === null && feedback.length > 0);
    return this.#say(['general_fb', ...(always?.feedback ?? [])].filter((name) => name !== 'general_incorrect_fb'));
  }

  to(value: string, isRight: boolean): string | null {
    const own = this.#rules.filter(
      ({ equals, score }) => score === null && equals.length === 1 && equals[0]?.value === value,
    );
    const names = own.flatMap(({ feedback }) => feedback);
    const scored = this.#rules.filter(({ score, isOther }) => isRight && !isOther && (score ?? 0) > 0);
    const common = isRight ? ['correct_fb', ...scored.flatMap(({ feedback }) => feedback)] : ['general_incorrect_fb'];
    return this.#say([...names, ...common]);
  }

  /** Without what is said to everyone who is right or wrong. */
  only(value: string): string | null {
    const own = this.#rules.filter(({ equals, score }) => score === null && equals.length === 1);
    return this.#say(own.filter(({ equals }) => equals[0]?.value === value).flatMap(({ feedback }) => feedback));
  }

  unsaid(): number {
    return this.#texts.size - this.#said.size;
  }

  #say(names: string[]): string | null {
    const found = [...new Set(names)].filter((name) => this.#texts.has(name));
    for (const name of found) this.#said.add(name);
    return found.map((name) => this.#texts.get(name)).join('\n') || null;
  }
}
