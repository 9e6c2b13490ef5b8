import { Request, Response, Router } from 'express';
import { z } from 'zod';
import { annotationBody, reportBody } from '../bodies';
import type { SimulatorContext } from '../context';
import { InsightsError, unknownCommit, unknownReport } from '../errors';
import { selectFields } from '../fields';
import { parameter, sendPage } from '../lists';
import { commitOf, CommitPlace, knownViewerOf } from '../lookup';
import type { Report } from '../world';
import { readAnnotations } from './annotations';
import { isLinkable, jsonBody } from './requestBody';

const MOST_DATA = 10;

const number = z.number();

/** A value is what its type says; without a type, it is nothing that has parts. */
const data = z.union([
  z.object({ type: z.literal('BOOLEAN'), value: z.boolean() }),
  z.object({ type: z.enum(['DATE', 'DURATION', 'NUMBER']), value: number }),
  z.object({ type: z.literal('PERCENTAGE'), value: number.min(0).max(100) }),
  z.object({
    type: z.literal('LINK'),
    value: z.object({ text: z.string(), href: z.url() }),
  }),
  z.object({ type: z.literal('TEXT'), value: z.string() }),
  z.object({
    type: z.undefined().optional(),
    value: z.union([z.boolean(), number, z.string()]),
  }),
]);

/** What it takes to be complete, Atlassian's description does not say. */
const reportSchema = z.object({
  title: z.string().min(1),
  details: z.string().min(1),
  report_type: z.enum(['SECURITY', 'COVERAGE', 'TEST', 'BUG']),
  reporter: z.string().optional(),
  result: z.enum(['PASSED', 'FAILED', 'PENDING']).optional(),
  link: z.string().refine(isLinkable, 'is not a valid URL').optional(),
  logo_url: z.string().refine(isLinkable, 'is not a valid URL').optional(),
  remote_link_enabled: z.boolean().optional(),
  data: z
    .array(z.intersection(z.object({ title: z.string() }), data))
    .max(MOST_DATA, `supports a maximum of ${MOST_DATA} fields`)
    .optional(),
});

/** @see https://developer.atlassian.com/cloud/bitbucket/rest/api-group-reports/ */
export function reportRoutes(context: SimulatorContext): Router {
  const router = Router();
  const reports = '/repositories/:workspace/:repository/commit/:commit/reports';
  const annotations = `${reports}/:report/annotations`;

  const send = (req: Request, res: Response, report: Report) =>
    res.json(selectFields(reportBody(report), parameter(req, 'fields')));

  router.get(reports, (req, res) => {
    const { repository, commit } = wholeCommitOf(context, req, res);
    sendPage(context, req, res, {
      items: repository.reports.of(commit),
      toBody: reportBody,
    });
  });

  router.put(`${reports}/:report`, jsonBody, (req, res) => {
    knownViewerOf(res);
    const { repository, commit } = wholeCommitOf(context, req, res);
    const content = readReport(req);
    const now = repository.workspace.now();
    const { report: id } = req.params;
    send(req, res, repository.reports.put(commit, id, content, now));
  });

  router.get(`${reports}/:report`, (req, res) => {
    send(req, res, reportOf(context, req, res).report);
  });

  router.delete(`${reports}/:report`, (req, res) => {
    knownViewerOf(res);
    const { repository, report } = reportOf(context, req, res);
    repository.reports.remove(report);
    res.status(204).end();
  });

  router.get(annotations, (req, res) => {
    const { report } = reportOf(context, req, res);
    sendPage(context, req, res, {
      items: [...report.annotations.values()],
      toBody: annotationBody,
    });
  });

  router.post(annotations, jsonBody, (req, res) => {
    knownViewerOf(res);
    const { repository, report } = reportOf(context, req, res);
    const contents = readAnnotations(req.body, report);
    const now = repository.workspace.now();
    const made = repository.reports.annotate(report, contents, now);
    res.json(made.map(annotationBody));
  });

  return router;
}

/** It is not documented whether an abbreviated hash works: here it does not. */
function wholeCommitOf(
  context: SimulatorContext,
  req: Request,
  res: Response,
): CommitPlace {
  const place = commitOf(context, req, res);
  if (place.commit.hash !== req.params.commit) {
    throw unknownCommit(req.params.commit);
  }
  return place;
}

function reportOf(
  context: SimulatorContext,
  req: Request,
  res: Response,
): CommitPlace & { report: Report } {
  const place = wholeCommitOf(context, req, res);
  const { report: id } = req.params;
  const report = place.repository.reports.find(place.commit, id);
  if (!report) {
    throw unknownReport(id);
  }
  return { ...place, report };
}

/** Nothing is kept of a report with one wrong field, as seen live by gocov. */
function readReport(req: Request) {
  const { success, data: content, error } = reportSchema.safeParse(req.body);
  if (!success) {
    const [{ path, message }] = error.issues;
    throw new InsightsError(`${path.join('.')} ${message}`);
  }
  return content;
}
