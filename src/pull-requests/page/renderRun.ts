import { CheckedFile, EntityChange, Finding } from '../checkResult';
import { PostedPart, RunRecord, RunTrigger } from '../records';
import { consequenceOf, count, countProblems, tallyOf } from '../resultText';
import { clockTime, code, duration, Html, html, moment, prose } from './html';
import { badge, more, Rows, section, table } from './parts';
import { verdictOf } from './verdict';

/** What a run is shown with. */
type RunContext = {
  /** Milliseconds since the epoch. */
  now: number;
  /** Of the whole page. */
  rows: Rows;
  /** 3 for the latest run, and 4 for an earlier one, whose head is a heading itself. */
  level: 3 | 4;
};

/** All that is known of a run. */
export function renderRun(run: RunRecord, context: RunContext): Html {
  const { result, posted } = run;
  const { level, rows } = context;
  return html`
    ${facts(run, context)}
    ${
      run.message &&
      html`<p class="message ${verdictOf(run).tone}">${prose(run.message)}</p>`
    }
    ${result && findings(result.findings, context)}
    ${result && plan(tallyOf(result).plan, context)}
    ${result && files(result.files, context)}
    ${
      posted.length > 0 &&
      section(level, 'Posted to the pull request', undefined, [
        table(
          'Posted to the pull request',
          ['Result', 'What', 'Time', 'Answer'],
          rows.take(posted).shown.map(postedRow),
        ),
      ])
    }
  `;
}

const TRIGGERS: Record<RunTrigger['by'], string> = {
  delivery: 'Delivery of a webhook',
  walk: 'Found by a walk',
  request: 'Request of a person',
};

function facts(run: RunRecord, { now }: RunContext): Html {
  const { trigger, head, destination, touchedFiles, result } = run;
  const end = run.endedAt ?? (run.outcome === 'running' ? now : undefined);
  const list: [string, Html | undefined][] = [
    [TRIGGERS[trigger.by], moment(trigger.at)],
    ['Started', moment(run.startedAt)],
    [
      run.endedAt === undefined ? 'Running for' : 'Took',
      end === undefined ? undefined : html`${duration(end - run.startedAt)}`,
    ],
    ['Commit', head ? code(head.slice(0, 12)) : undefined],
    [
      'Checked against',
      html`${code(destination.branch)} at
      ${code(destination.commit.slice(0, 12))}`,
    ],
    ['Files', filesFact(touchedFiles, result?.files.length)],
    ['Requests', html`${run.requests.toLocaleString('en')}`],
    ['Next try', run.retryAt === undefined ? undefined : moment(run.retryAt)],
  ];
  return html`<dl class="facts">
    ${list.map(
      ([name, value]) =>
        value &&
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;
}

function filesFact(
  touched: number | undefined,
  checked: number | undefined,
): Html | undefined {
  const parts = [
    touched !== undefined && `${count(touched, 'file')} touched`,
    checked !== undefined && `${checked.toLocaleString('en')} checked`,
  ].filter(Boolean);
  return parts.length > 0 ? html`${parts.join(', ')}` : undefined;
}

const SEVERITIES = {
  error: { tone: 'bad', label: 'Error' },
  warning: { tone: 'warn', label: 'Warning' },
  note: { tone: 'idle', label: 'Note' },
} as const;

function findings(all: Finding[], { level, rows }: RunContext): Html {
  const { shown, hidden } = rows.take(all);
  const total = countProblems({
    errors: all.filter(({ severity }) => severity === 'error').length,
    warnings: all.filter(({ severity }) => severity === 'warning').length,
  });
  return section(
    level,
    'Findings',
    total || (all.length > 0 ? undefined : 'none'),
    [
      shown.length > 0 &&
        table(
          'Findings',
          ['Severity', 'Place', 'Finding'],
          shown.map(finding => {
            const { path, line, entityRef, message } = finding;
            const consequence = consequenceOf(finding);
            const place = path && (line ? `${path}:${line}` : path);
            return [
              badge(SEVERITIES[finding.severity]),
              place ? code(place) : html``,
              html`${
                entityRef &&
                !message.includes(entityRef) &&
                html`<span class="sub">${code(entityRef)}</span>`
              }
              ${prose(message)}
              ${consequence && html`<span class="sub">${consequence}</span>`}`,
            ];
          }),
        ),
      more(hidden, 'finding'),
    ],
  );
}

const ACTIONS = {
  add: { tone: 'good', label: 'Added' },
  change: { tone: 'idle', label: 'Changed' },
  move: { tone: 'idle', label: 'Moved' },
  remove: { tone: 'bad', label: 'Removed' },
} as const;

function plan(all: EntityChange[], { level, rows }: RunContext): Html {
  const { shown, hidden } = rows.take(all);
  const total =
    all.length > 0 ? count(all.length, 'entity', 'entities') : 'none';
  return section(level, 'Changes to the catalog', total, [
    shown.length > 0 &&
      table(
        'What merging does to entities',
        ['Change', 'Entity', 'File'],
        shown.map(change => [
          badge({ ...ACTIONS[change.action], icon: change.action }),
          html`${code(change.entityRef)}${planDetails(change)}`,
          html`${
            change.fromPath &&
            html`${code(change.fromPath)} <span class="muted">to</span> `
          }${code(change.path)}`,
        ]),
      ),
    more(hidden, 'entity', 'entities'),
  ]);
}

function planDetails({ fields = [], referrers = 0 }: EntityChange): Html {
  const refer = count(referrers, 'entity refers', 'entities refer');
  return html`${
    fields.length > 0 &&
    html`<span class="sub"
      >${fields.map((field, index) => [index > 0 && ', ', code(field)])}</span
    >`
  }${referrers > 0 && html`<span class="sub">${refer} to it.</span>`}`;
}

const VERDICTS = {
  passed: { tone: 'good', label: 'Passed' },
  warning: { tone: 'warn', label: 'Warning' },
  failed: { tone: 'bad', label: 'Failed' },
  skipped: { tone: 'idle', label: 'Skipped' },
} as const;

const WORST_FIRST = ['failed', 'warning', 'passed', 'skipped'] as const;

const CHANGES = {
  added: 'new file',
  changed: 'changed',
  moved: 'moved',
  removed: 'deleted',
};

function files(all: CheckedFile[], { level, rows }: RunContext): Html {
  const { shown, hidden } = rows.take(all);
  return section(level, 'Log of each file', `${all.length}`, [
    ...shown.map(file => fileLog(file, rows, level === 3)),
    more(hidden, 'file'),
  ]);
}

/** @param isLatest - opens the files that have failed */
function fileLog(file: CheckedFile, rows: Rows, isLatest: boolean): Html {
  const { path, change, fromPath, steps } = file;
  const verdict =
    WORST_FIRST.find(worst => steps.some(step => step.verdict === worst)) ??
    'skipped';
  const { shown, hidden } = rows.take(steps);
  const total = steps.reduce((sum, { ms }) => sum + ms, 0);
  const open = isLatest && verdict === 'failed' && html` open`;
  return html`<details${open}>
    <summary>
      ${badge(VERDICTS[verdict])}
      <span
        >${code(path)}
        <span class="muted small"
          >${CHANGES[change]}${fromPath && html` from ${code(fromPath)}`}</span
        ></span
      >
      <span class="end"
        >${count(steps.length, 'step')} in ${duration(total)}</span
      >
    </summary>
    <div class="body">
      ${
        shown.length > 0 &&
        table(
          'Steps',
          ['Time', 'Verdict', 'Step', 'Took'],
          shown.map(({ at, verdict: of, name, message, ms }) => [
            clockTime(at),
            badge(VERDICTS[of]),
            html`${prose(name)}${
              message && html`<span class="sub">${prose(message)}</span>`
            }`,
            html`${duration(ms)}`,
          ]),
        )
      }
      ${more(hidden, 'step')}
    </div>
  </details>`;
}

const PARTS: Record<PostedPart['what'], string> = {
  report: 'Report',
  annotations: 'Annotations',
  status: 'Build status',
  comment: 'Comment',
};

const OUTCOMES = {
  posted: { tone: 'good', label: 'Posted' },
  unchanged: { tone: 'idle', label: 'Unchanged' },
  refused: { tone: 'bad', label: 'Refused' },
  failed: { tone: 'bad', label: 'Failed' },
  deleted: { tone: 'idle', label: 'Deleted' },
} as const;

function postedRow({ what, outcome, at, message }: PostedPart): Html[] {
  return [
    badge(OUTCOMES[outcome]),
    html`${PARTS[what]}`,
    clockTime(at),
    message ? prose(message) : html``,
  ];
}
