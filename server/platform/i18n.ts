import { readdirSync, readFileSync } from 'node:fs';
import { IntlMessageFormat } from 'intl-messageformat';
import { showDigitCode } from './digit-code.ts';

export const languages = ['vi', 'en'] as const;
export type Language = (typeof languages)[number];
export type Values = Record<string, string | number | Date | null | undefined>;
export type Translate = (key: string, values?: Values) => string;

const folder = new URL('../../views/locales/', import.meta.url);

const catalogues = Object.fromEntries(languages.map((language) => [language, readCatalogue(language)])) as Record<
  Language,
  Map<string, string>
>;

/** Every message of a language: `views/locales/<noun>.<language>.json` holds the keys that begin with `<noun>.` */
function readCatalogue(language: Language): Map<string, string> {
  const messages = new Map<string, string>();
  for (const file of readdirSync(folder)) {
    const [noun, ...rest] = file.split('.');
    if (rest.join('.') !== `${language}.json`) continue;
    const entries: Record<string, string> = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    for (const [key, message] of Object.entries(entries)) messages.set(`${noun}.${key}`, message);
  }
  return messages;
}

/** Whether there is a message of that name which stands without values. */
export function hasPlainMessage(language: Language, key: string): boolean {
  return catalogues[language].get(key)?.includes('{') === false;
}

export const translators: Record<Language, Translate> = { vi: translator('vi'), en: translator('en') };

function translator(language: Language): Translate {
  const compiled = new Map<string, IntlMessageFormat>();
  return (key, values) => {
    const message = catalogues[language].get(key);
    if (message === undefined) throw new Error(`no message ${key} in ${language}`);
    if (!message.includes('{') && !message.includes("'")) return message;
    let format = compiled.get(key);
    if (format === undefined) {
      format = new IntlMessageFormat(message, language, undefined, { ignoreTag: true });
      compiled.set(key, format);
    }
    return String(format.format(values as Record<string, string | number | Date>));
  };
}

export interface Format {
  /** Dates also as ISO 8601 text, which is how they come out of nested rows. */
  date(date: Date | string): string;
  dateTime(date: Date | string): string;
  time(date: Date | string): string;
  /** The name of a month, 1 to 12, as it begins a line. */
  month(month: number): string;
  number(value: number): string;
  /** Digits that people type, in groups. */
  code(digits: string): string;
  percent(wholePercent: number): string;
  /** In kB as phones count them: 1000 bytes; at least one. */
  bytes(bytes: number): string;
  /** In minutes below one hour. */
  hours(hours: number): string;
  minutes(minutes: number): string;
  /** The name of a language by its tag, such as km. */
  language(tag: string): string;
}

/** The site's zone: wall-clock times are told as they are in Vietnam, wherever the server stands. */
const timeZone = 'Asia/Ho_Chi_Minh';

export const formats: Record<Language, Format> = { vi: formatFor('vi'), en: formatFor('en') };

function formatFor(language: Language): Format {
  const locale = language === 'vi' ? 'vi-VN' : 'en-GB';
  const date = new Intl.DateTimeFormat(locale, { timeZone, day: '2-digit', month: '2-digit', year: 'numeric' });
  const time = new Intl.DateTimeFormat(locale, { timeZone, hour: '2-digit', minute: '2-digit', hour12: false });
  const months = new Intl.DateTimeFormat(locale, { timeZone, month: 'long' });
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const share = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const hours = new Intl.NumberFormat(locale, {
    style: 'unit',
    unit: 'hour',
    unitDisplay: 'long',
    maximumFractionDigits: 1,
  });
  const minutes = new Intl.NumberFormat(locale, { style: 'unit', unit: 'minute', unitDisplay: 'long' });
  const languageNames = new Intl.DisplayNames(locale, { type: 'language' });
  return {
    date: (value) => date.format(new Date(value)),
    time: (value) => time.format(new Date(value)),
    month: (number) =>
      months.format(new Date(Date.UTC(2026, number - 1, 15))).replace(/^\p{Ll}/u, (letter) => letter.toUpperCase()),
    dateTime: (value) => {
      const [day, hour] = [date.format(new Date(value)), time.format(new Date(value))];
      return language === 'vi' ? `${hour} ${day}` : `${day}, ${hour}`;
    },
    number: remembered((value) => number.format(value)),
    code: showDigitCode,
    percent: remembered((value) => `${share.format(value)}${language === 'vi' ? '\u00a0' : ''}%`),
    bytes: remembered((bytes) => `${number.format(Math.max(1, Math.round(bytes / 1000)))}\u00a0kB`),
    hours: remembered((value) => unbroken(value < 1 ? minutes.format(Math.round(value * 60)) : hours.format(value))),
    minutes: remembered((value) => unbroken(minutes.format(value))),
    language: remembered((tag) => languageName(languageNames, tag)),
  };
}

/** A number and its unit stay on one line. */
function unbroken(text: string): string {
  return text.replaceAll(' ', '\u00a0');
}

/** Intl takes its time, and pages say the same few again and again. */
function remembered<Value extends number | string>(format: (value: Value) => string): (value: Value) => string {
  const said = new Map<Value, string>();
  return (value) => {
    const before = said.get(value);
    if (before !== undefined) return before;
    const words = format(value);
    if (said.size < 1_000) said.set(value, words);
    return words;
  };
}

function languageName(names: Intl.DisplayNames, tag: string): string {
  try {
    return names.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** The first of ours that a browser's Accept-Language asks for, by weight. */
export function preferredLanguage(header: string | undefined): Language | null {
  const wanted = (header ?? '')
    .split(',', 20)
    .map((part) => {
      const [tag = '', ...parameters] = part.toLowerCase().split(';');
      const weight = parameters.map((parameter) => /^\s*q=([\d.]+)\s*$/.exec(parameter)?.[1]).find(Boolean);
      return { language: tag.trim().split('-')[0], weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight);
  for (const { language } of wanted) if (isLanguage(language)) return language;
  return null;
}

export function isLanguage(value: unknown): value is Language {
  return languages.includes(value as Language);
}
