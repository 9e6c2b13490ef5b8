import { Request, Response, Router } from 'express';
import { z } from 'zod';
import type { Commit, SimulatedRepository } from '../../world';
import { DataCenterContext, viewerOf } from '../context';
import { badRequest, notFound, notPermitted } from '../errors';
import { changeableRepositoryOf, repositoryOf } from '../lookup';
import { parameters, sendPage } from '../paging';
import type { AnnotationContent, InsightReport } from '../quality';
import { commitOf } from './commits';
import { jsonBody, readFields, text, webUrl } from './requestBody';

const MOST_DATA = 6;
/** In one report; an administrator may change it. */
const MOST_ANNOTATIONS = 1_000;

const field = z.object({
  title: z.string(),
  type: z
    .enum([
      'BOOLEAN',
      'DATE',
      'DURATION',
      'LINK',
      'NUMBER',
      'PERCENTAGE',
      'TEXT',
    ])
    .optional(),
  value: z.unknown(),
});

const reportSchema = z.object({
  title: text(450).min(1),
  details: text(2_000).optional(),
  result: z.enum(['PASS', 'FAIL']).optional(),
  reporter: text(450).optional(),
  link: webUrl.optional(),
  logoUrl: webUrl.optional(),
  createdDate: z.number().optional(),
  data: z
    .array(field)
    .max(MOST_DATA, `A report has at most ${MOST_DATA} data fields.`),
});

const annotationsSchema = z.object({
  annotations: z
    .array(
      z.object({
        externalId: text(450).optional(),
        line: z.int().min(0).optional(),
        link: webUrl.optional(),
        message: text(2_000),
        path: text(50_000).optional(),
        severity: z.enum(['LOW', 'MEDIUM', 'HIGH']),
        type: z.enum(['VULNERABILITY', 'CODE_SMELL', 'BUG']).optional(),
      }),
    )
    .min(1),
});

type Place = { repository: SimulatedRepository; commit: Commit };

/** Reports of Code Insights. To read the repository is enough to write them. */
export function insightRoutes(context: DataCenterContext): Router {
  const router = Router();
  const { insights } = context.instance;
  const base = '/projects/:project/repos/:repository/commits/:commit';
  const reports = `${base}/reports`;
  const annotations = `${reports}/:key/annotations`;

  const read = (req: Request, res: Response) =>
    placeIn(context, repositoryOf(context, req, res), req);
  const write = (req: Request, res: Response) =>
    placeIn(context, changeableRepositoryOf(context, req, res), req);

  const reportOf = ({ repository, commit }: Place, req: Request) => {
    const { key } = req.params;
    const report = insights.find(repository, commit, key);
    if (!report) {
      throw notFound(`There is no report with key ${key}`);
    }
    return report;
  };

  router.get(reports, (req, res) => {
    const { repository, commit } = read(req, res);
    sendPage(req, res, {
      items: insights.of(repository, commit),
      toBody: reportBody,
      max: context.limits.others,
    });
  });

  router.put(`${reports}/:key`, jsonBody, (req, res) => {
    const { repository, commit } = write(req, res);
    const { key } = req.params;
    if (key.length > 450) {
      throw badRequest('The key must be no longer than 450 characters.', 'key');
    }
    const { name: maker } = viewerOf(res);
    const known = insights.find(repository, commit, key);
    if (known && known.maker !== maker) {
      throw notPermitted();
    }
    const { createdDate, ...content } = readFields(reportSchema, req.body);
    const report = insights.put(repository, commit, {
      key,
      content,
      createdDate: createdDate ?? context.now(),
      maker,
    });
    res.json(reportBody(report));
  });

  router.get(`${reports}/:key`, (req, res) => {
    res.json(reportBody(reportOf(read(req, res), req)));
  });

  // What is not there is removed already.
  router.delete(`${reports}/:key`, (req, res) => {
    const { repository, commit } = write(req, res);
    insights.remove(repository, commit, req.params.key);
    res.status(204).end();
  });

  router.get(`${base}/annotations`, (req, res) => {
    const { repository, commit } = read(req, res);
    const keys = parameters(req, 'key');
    res.json({
      annotations: insights
        .of(repository, commit)
        .filter(({ key }) => keys.length === 0 || keys.includes(key))
        .flatMap(annotationBodies),
    });
  });

  router.get(annotations, (req, res) => {
    const report = reportOf(read(req, res), req);
    res.json({ annotations: annotationBodies(report) });
  });

  // All of them or, where one is wrong or too much, none.
  router.post(annotations, jsonBody, (req, res) => {
    const report = reportOf(write(req, res), req);
    const { annotations: added } = readFields(annotationsSchema, req.body);
    if (report.annotations.length + added.length > MOST_ANNOTATIONS) {
      throw badRequest(
        `A report has at most ${MOST_ANNOTATIONS} annotations.`,
        'annotations',
      );
    }
    report.annotations.push(...added);
    res.status(204).end();
  });

  router.delete(annotations, (req, res) => {
    const report = reportOf(write(req, res), req);
    const ids = parameters(req, 'externalId');
    report.annotations = report.annotations.filter(
      ({ externalId = '' }) => ids.length > 0 && !ids.includes(externalId),
    );
    res.status(204).end();
  });

  return router;
}

const placeIn = (
  context: DataCenterContext,
  repository: SimulatedRepository,
  req: Request,
): Place => ({
  repository,
  commit: commitOf(context, repository, req.params.commit),
});

const reportBody = ({ key, content, createdDate }: InsightReport) => ({
  key,
  createdDate,
  ...content,
});

const annotationBodies = ({ key, annotations }: InsightReport) =>
  annotations.map((annotation: AnnotationContent) => ({
    reportKey: key,
    path: '',
    line: 0,
    ...annotation,
  }));
