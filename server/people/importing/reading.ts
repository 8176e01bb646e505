import { type BirthOnRecord, birthFault, isChild } from '../../accounts/birth.ts';
import { emailPattern, phonePattern, readEmail, readPhone } from '../../accounts/contact.ts';
import { checkDigitCode } from '../../platform/digit-code.ts';
import { cleanLine, folded } from '../../platform/text.ts';

export const mostRows = 5000;

export type NameOrder = 'family_first' | 'given_first';

export interface PersonRow extends BirthOnRecord {
  line: number;
  full_name: string;
  learner_code: string | null;
  phone: string | null;
  email: string | null;
  /** Message keys of what was left out, and why. */
  notes: string[];
}
export interface RowFault {
  line: number;
  /** As it stands in the file. */
  shown: string;
  message: string;
}
export interface Reading {
  people: PersonRow[];
  faults: RowFault[];
  /** Headings that mean nothing here. */
  ignored: string[];
}

type Column = 'full_name' | 'family_name' | 'given_name' | 'learner_code' | 'birth' | 'phone' | 'email';

/** How spreadsheets and Moodle head these columns, folded. */
const headings: Record<Column, string[]> = {
  full_name: ['ho va ten', 'ho ten', 'ten day du', 'hoc vien', 'fullname', 'full name', 'name'],
  family_name: ['ho', 'ho dem', 'ho va ten dem', 'ho va dem', 'lastname', 'last name', 'surname', 'family name'],
  given_name: ['ten', 'firstname', 'first name', 'given name'],
  learner_code: ['ma hoc vien', 'ma hv', 'learner code', 'learner_code'],
  birth: [
    'ngay sinh',
    'ngay thang nam sinh',
    'thang nam sinh',
    'thang sinh',
    'sinh ngay',
    'birth',
    'birthday',
    'birth date',
    'date of birth',
    'dob',
  ],
  phone: [
    'dien thoai',
    'so dien thoai',
    'sdt',
    'di dong',
    'so di dong',
    'phone',
    'phone1',
    'phone2',
    'mobile',
    'telephone',
  ],
  email: ['email', 'e-mail', 'thu dien tu', 'email address'],
};

/**
 * People out of a table. A row without a name is a fault; what cannot be read beside it is left out and said.
 * @param header null: none of the headings is a name
 */
export function readPeople(
  header: string[],
  rows: { line: number; cells: string[] }[],
  order: NameOrder,
  now: Date,
): Reading | null {
  const columns = header.map(columnOf);
  const has = (column: Column) => columns.includes(column);
  if (!has('full_name') && !has('given_name') && !has('family_name')) return null;

  const reading: Reading = {
    people: [],
    faults: [],
    ignored: header.filter((heading, index) => heading !== '' && columns[index] === null),
  };
  const codes = new Set<string>();
  const lines = new Set<string>();
  const met = new Set<string>();
  for (const { line, cells } of rows) {
    const cell = (column: Column) => cells.filter((text, index) => columns[index] === column && text !== '')[0] ?? '';
    const family = cell('family_name');
    const given = cell('given_name');
    const parts = order === 'family_first' ? [family, given] : [given, family];
    const full_name = cleanLine(cell('full_name') || parts.join(' '));
    const fault = (message: string) => reading.faults.push({ line, shown: cells.join(' · ').slice(0, 120), message });
    if (!/\p{L}/u.test(full_name)) {
      fault('people.fault_name');
      continue;
    }
    if (full_name.length > 120) {
      fault('people.fault_name_long');
      continue;
    }
    const code = readCode(cell('learner_code'));
    if (code === undefined) {
      fault('people.fault_code');
      continue;
    }
    if (code !== null && codes.has(code)) {
      fault('people.fault_twice');
      continue;
    }
    const notes: string[] = [];
    const birth = readBirth(cell('birth'), now, notes);
    const contact = readContact(cell('phone'), cell('email'), isChild(birth, now), notes);
    const marks = marksOf({ full_name, ...birth, ...contact });
    const whole = JSON.stringify(cells);
    if (lines.has(whole) && marks.length > 0) {
      fault('people.fault_same');
      continue;
    }
    if (lines.has(whole) || (code === null && marks.some((mark) => met.has(mark)))) notes.push('people.note_alike');
    for (const mark of marks) met.add(mark);
    lines.add(whole);
    if (code !== null) codes.add(code);
    reading.people.push({ line, full_name, learner_code: code, ...birth, ...contact, notes });
  }
  return reading;
}

type Marks = BirthOnRecord & Pick<PersonRow, 'full_name' | 'phone' | 'email'>;

/** Two rows that share one of these may be one person, as `planRows` holds of people who are known; but namesakes may share one too. */
function marksOf({ full_name, birth_year, birth_month, phone, email }: Marks): string[] {
  const name = folded(full_name);
  return [birth_year === null ? null : `${birth_month}/${birth_year}`, phone, email]
    .filter((mark) => mark !== null)
    .map((mark) => `${name} ${mark}`);
}

function columnOf(heading: string): Column | null {
  const words = folded(heading)
    .replace(/[*:()]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const found = Object.entries(headings).find(([, names]) => names.includes(words));
  return (found?.[0] as Column | undefined) ?? null;
}

/** null: none is given; undefined: it is none. */
function readCode(typed: string): string | null | undefined {
  if (typed === '') return null;
  const reading = checkDigitCode(typed, 10);
  return 'code' in reading ? reading.code : undefined;
}

/** Days first, as Vietnam writes them, or ISO 8601; the day is not kept. A year alone is no month. */
function readBirth(typed: string, now: Date, notes: string[]): BirthOnRecord {
  const unknown = { birth_year: null, birth_month: null };
  if (typed === '') return unknown;
  const [, y1, m1] = /^(\d{4})[-/.](\d{1,2})(?:[-/.]\d{1,2})?(?:[ T].*)?$/.exec(typed) ?? [];
  const [, m2, y2] = /^(?:\d{1,2}[-/. ])?(\d{1,2})[-/. ](\d{4})$/.exec(typed) ?? [];
  const birth = { birth_year: Number(y1 ?? y2), birth_month: Number(m1 ?? m2) };
  if (birth.birth_month >= 1 && birth.birth_month <= 12 && birthFault(birth, now) === null) return birth;
  notes.push('people.note_birth');
  return unknown;
}

function readContact(typedPhone: string, typedEmail: string, isUnderAge: boolean, notes: string[]) {
  if (typedPhone === '' && typedEmail === '') return { phone: null, email: null };
  if (isUnderAge) {
    notes.push('people.note_contact');
    return { phone: null, email: null };
  }
  const phone = readPhone(typedPhone);
  const email = readEmail(typedEmail);
  const isPhone = new RegExp(phonePattern).test(phone);
  const isEmail = email.length <= 254 && new RegExp(emailPattern).test(email);
  if (typedPhone !== '' && !isPhone) notes.push('people.note_phone');
  if (typedEmail !== '' && !isEmail) notes.push('people.note_email');
  return { phone: isPhone ? phone : null, email: isEmail ? email : null };
}
