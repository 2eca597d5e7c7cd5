import { inspect } from 'node:util';

const mask = '********';

/**
 * Text that holds a secret. Whatever prints it (string conversion, JSON, `console.log`) gets the masked form;
 * only `reveal`, called at the moment of sending, gives the real one.
 */
export class Masked {
  readonly shown: string;
  readonly #real: string;

  constructor(real: string, shown: string = mask) {
    this.#real = real;
    this.shown = shown;
  }

  reveal(): string {
    return this.#real;
  }

  toString(): string {
    return this.shown;
  }

  toJSON(): string {
    return this.shown;
  }

  [inspect.custom](): string {
    return this.shown;
  }
}

export type Text = string | Masked;

export const reveal = (text: Text): string => (text instanceof Masked ? text.reveal() : text);
export const shown = (text: Text): string => (text instanceof Masked ? text.shown : text);

/** A template whose masked parts stay masked: masked`ALTER ROLE x PASSWORD '${secret}'`. */
export const masked = (strings: TemplateStringsArray, ...parts: readonly Text[]): Masked => {
  const join = (form: (text: Text) => string) =>
    strings.map((text, index) => text + (index < parts.length ? form(parts[index]!) : '')).join('');
  return new Masked(join(reveal), join(shown));
};
