/** How far a long command is, told to whoever waits for it. */
export interface Progress {
  advance(amount: number): void;
  /** Ends the line, however far it came. */
  end(): void;
}

interface Output {
  isTTY?: boolean;
  write(text: string): unknown;
}

const width = 30;
/** Milliseconds between two drawings of the bar, and between two lines where there is no terminal. */
const pause = { bar: 100, line: 10_000 };

/** A bar on a terminal; elsewhere, as in a log, a plain line now and then. */
export function progress(
  label: string,
  total: number,
  output: Output = process.stderr,
  now = () => performance.now(),
): Progress {
  const isTerminal = output.isTTY === true;
  let done = 0;
  let toldAt = now();

  function tell(): void {
    const share = total > 0 ? Math.min(1, done / total) : 1;
    const percent = `${Math.floor(share * 100)} %`.padStart(5);
    const bar = '█'.repeat(Math.round(share * width)).padEnd(width, '░');
    output.write(isTerminal ? `\r${label} ${bar} ${percent}` : `${label}: ${percent.trim()}\n`);
    toldAt = now();
  }

  if (isTerminal) tell();
  return {
    advance(amount) {
      done += amount;
      if (now() - toldAt >= (isTerminal ? pause.bar : pause.line)) tell();
    },
    end() {
      if (!isTerminal) return;
      tell();
      output.write('\n');
    },
  };
}
