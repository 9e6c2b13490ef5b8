import { NotAnsweredError, Prober } from './Prober';
import { Findings, Names, Question } from './Question';
import { QUESTIONS } from './questions';

/** An instance, and what a volunteer names in it. */
export type ProbeOptions = Names & {
  /** Of the instance, without a trailing slash. */
  baseUrl: string;
  token?: string;
};

/** What only a webhook shows. */
const LEFT_OPEN =
  'Not asked, since it takes a webhook: the hash of a deleted branch in a delivery, the body and signature of "Test connection", and whether a token with "Project admin" can make a webhook.';

/**
 * Asks an instance what is not documented, and says each answer in a line, with the
 * request and its status. No line has the token, a name or any content.
 */
export async function probe(
  options: ProbeOptions,
  print: (line: string) => void,
): Promise<void> {
  const prober = new Prober(options);
  const found: Findings = { ...options, rows: [], paths: [] };
  print(
    options.token
      ? 'A token is sent.'
      : 'No token is set, so that only what everybody may see is asked for.',
  );
  for (const question of QUESTIONS) {
    print(await lineOf(question, prober, found));
  }
  const refusals = prober.refusals.join('; ');
  print(
    `Which headers has a 429? ${refusals || 'No 429 came; none is provoked.'}`,
  );
  print(
    `How many responses have the headers of the log? ${prober.counts.join(', ')}`,
  );
  print(LEFT_OPEN);
  print(`${prober.sent} requests were sent, all of them GET.`);
}

async function lineOf(
  { title, ask }: Question,
  prober: Prober,
  found: Findings,
): Promise<string> {
  try {
    const reply = await ask(prober, found);
    if (typeof reply === 'string') {
      return `${title} Not asked: ${reply}.`;
    }
    const { answer, to } = reply;
    const source = to ? ` (GET ${to.request}: ${to.status})` : '';
    return `${title} ${answer}${source}`;
  } catch (error) {
    if (error instanceof NotAnsweredError) {
      return `${title} Not answered: ${error.message}.`;
    }
    throw error;
  }
}
