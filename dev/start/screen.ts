import { Writable } from 'node:stream';

/** Where a {@link Screen} writes: a terminal, or a pipe. */
type Output = Writable & { isTTY?: boolean };

const CLEAR_LINE = '\r\u001b[2K';

/**
 * Prints lines, and below them one status line: on a terminal it changes in
 * place, on a pipe each change is a line of its own.
 */
export class Screen {
  readonly #output: Output;
  #status = '';

  constructor(output: Output) {
    this.#output = output;
  }

  /** Prints a text of one or more lines above the status line. */
  print(text: string): void {
    const status = this.#status;
    this.clearStatus();
    this.#output.write(`${text}\n`);
    if (this.#output.isTTY) {
      this.#write(status);
    }
  }

  /** Replaces the status line. */
  status(text: string): void {
    if (this.#output.isTTY) {
      this.clearStatus();
      this.#write(text);
    } else {
      this.#output.write(`${text}\n`);
    }
  }

  /** Takes the status line away; on a pipe, what is printed stays. */
  clearStatus(): void {
    if (this.#output.isTTY && this.#status) {
      this.#output.write(CLEAR_LINE);
      this.#status = '';
    }
  }

  #write(status: string): void {
    this.#status = status;
    this.#output.write(status);
  }
}
