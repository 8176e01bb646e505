/**
 * Whether a PIN is among those that are tried first. Rules refuse what is quickly thought of (for six digits 48,000 of the
 * million, and with them two thirds of the PINs in leaked passwords); the list holds the rest of what leaks show.
 */
export function isCommonPin(pin: string): boolean {
  return rules.some((rule) => rule(pin)) || leaked.has(pin);
}

const rules: ((pin: string) => boolean)[] = [
  (pin) => new Set(pin).size <= 2,
  (pin) => /^(.+)\1+$/.test(pin),
  (pin) => pin === reversed(pin),
  (pin) => /^(?:(.)\1)+$/.test(pin),
  (pin) => /(.)\1{3}/.test(pin),
  (pin) => windows(pin, 4).some((part) => upwards.includes(part) || downwards.includes(part)),
  (pin) => isEven(pin),
  // 123789, 135246: two halves, each in even steps; 142536, 102030: two such rows interleaved.
  (pin) => halves(pin).every(isEven),
  (pin) => [everySecond(pin, 0), everySecond(pin, 1)].every(isEven),
  // Drawn on the keypad: 147258, 159357, 789456123.
  (pin) => pin.length % 3 === 0 && (pin.match(/.{3}/g) ?? []).every((part) => keypadLines.includes(part)),
  // A year of a life at either end: birthdays are the commonest PINs of all.
  (pin) => /^(?:19[4-9]|20[0-2])\d|(?:19[4-9]|20[0-2])\d$/.test(pin),
];

const upwards = '01234567890';
const downwards = reversed(upwards);
const rows = ['123', '456', '789', '147', '258', '369', '159', '357'];
const keypadLines = [...rows, ...rows.map(reversed)];

/** The same step from each digit to the next, 9 being followed by 0. */
function isEven(digits: string): boolean {
  const steps = windows(digits, 2).map(([from, to]) => (Number(to) - Number(from) + 10) % 10);
  return new Set(steps).size <= 1;
}

function windows(text: string, length: number): string[] {
  return Array.from({ length: text.length - length + 1 }, (_, start) => text.slice(start, start + length));
}

function halves(pin: string): string[] {
  const middle = Math.ceil(pin.length / 2);
  return [pin.slice(0, middle), pin.slice(middle)];
}

function everySecond(pin: string, from: number): string {
  return [...pin].filter((_, index) => index % 2 === from).join('');
}

function reversed(text: string): string {
  return [...text].reverse().join('');
}

/** Those of six digits among the 49,000 commonest leaked passwords (as listed by zxcvbn-ts) that no rule above refuses. */
const leaked = new Set(
  `
  006900 007008 010170 010180 010181 010191 010390 013579 014789 028526 070462 074401 086421 088011 100500 101077
  101080 112358 113411 116211 118801 120676 120689 120786 120986 121281 122333 123211 123212 123213 123233 123342
  123569 123580 123589 123592 123645 123698 123699 123978 124038 124356 124365 124536 124563 124816 125000 125267
  125412 125478 125480 125689 125896 127266 127576 128500 129834 130680 132456 132465 132546 132613 134267 134652
  135711 135790 135792 135795 135798 135799 136900 136913 137946 137955 138500 141592 141627 142500 142857 143000
  144000 145236 145632 146969 147896 149200 149521 150781 151500 153246 153426 153624 154263 157359 157953 158272
  159263 159487 159632 159874 164379 167943 172165 178500 179328 179355 181920 183461 187211 187420 192168 231456
  232123 233307 233391 235711 241455 243122 246800 246801 246810 246824 246969 247365 248624 250588 253634 258025
  258046 261397 266643 267605 271828 276115 282860 284655 286685 300465 302731 311420 314159 315475 315920 316271
  316769 321671 333221 339311 342500 361619 362436 365214 369874 375125 382436 382563 392781 420247 422119 423956
  424365 427900 428054 430799 441232 451236 464811 477041 479373 481516 483422 486255 492529 493949 495812 500600
  511647 515000 515051 515069 523252 524645 526282 526452 527952 542678 545645 552861 579300 616879 622521 630112
  636332 645202 651550 655321 665259 666425 687887 696977 697769 703751 709394 741236 741776 744637 747200 747400
  773400 785001 785612 786110 787898 787899 789520 789551 789632 800500 823762 824655 837519 867530 902100 906090
  907629 926337 951623 963214 975310
  `
    .trim()
    .split(/\s+/),
);
