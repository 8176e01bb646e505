export interface Finding {
  level: 'ok' | 'warn' | 'bad';
  words: string;
  /** What to do about it. */
  advice?: string;
}

export function ok(words: string): Finding {
  return { level: 'ok', words };
}

export function warn(words: string, advice: string): Finding {
  return { level: 'warn', words, advice };
}

export function bad(words: string, advice: string): Finding {
  return { level: 'bad', words, advice };
}

/** A line each, what to do below it, and at the end how much there is to do. */
export function inWords(findings: Finding[]): string {
  const lines = findings.map(
    ({ level, words, advice }) => `${level.padEnd(5)} ${words}${advice === undefined ? '' : `\n      → ${advice}`}`,
  );
  const count = (level: Finding['level']) => findings.filter((finding) => finding.level === level).length;
  const [bads, warns] = [count('bad'), count('warn')];
  const summary = bads + warns === 0 ? 'All is well.' : `To mend now: ${bads}. To look after: ${warns}.`;
  return [...lines, '', summary].join('\n');
}
