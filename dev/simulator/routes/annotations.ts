import { z } from 'zod';
import { InsightsError } from '../errors';
import type { AnnotationContent, Report } from '../world';
import { isLinkable } from './requestBody';

/** In one request. */
const MOST_AT_ONCE = 100;
/** In one report. */
const MOST = 1_000;

/**
 * A summary is neither empty nor long, as seen live by reviewdog
 * (reviewdog/reviewdog#1285, #1344).
 */
const annotationSchema = z.object({
  external_id: z.string().min(1),
  annotation_type: z.enum(['VULNERABILITY', 'CODE_SMELL', 'BUG']),
  summary: z.string().min(1).max(450),
  title: z.string().optional(),
  details: z.string().optional(),
  result: z.enum(['PASSED', 'FAILED', 'SKIPPED', 'IGNORED']).optional(),
  severity: z.enum(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']).optional(),
  path: z.string().optional(),
  line: z.int().min(1).optional(),
  link: z.string().refine(isLinkable, 'is not a valid URL').optional(),
});

/**
 * The annotations of one request, of which none is taken where one is wrong.
 *
 * @throws InsightsError
 */
export function readAnnotations(
  body: unknown,
  report: Report,
): AnnotationContent[] {
  if (!Array.isArray(body) || body.length === 0) {
    throw new InsightsError('Bulk upload needs a list of annotations.');
  }
  if (body.length > MOST_AT_ONCE) {
    // Word for word, with the slash.
    throw new InsightsError(
      `Bulk upload supports a maximum of /${MOST_AT_ONCE} annotations.`,
    );
  }
  const annotations = body.map(readAnnotation);
  const ids = new Set(annotations.map(({ external_id }) => external_id));
  if (ids.size < annotations.length) {
    throw new InsightsError('external_id is not unique');
  }
  if (new Set([...report.annotations.keys(), ...ids]).size > MOST) {
    throw new InsightsError(
      `A report supports a maximum of ${MOST} annotations.`,
    );
  }
  return annotations;
}

function readAnnotation(value: unknown): AnnotationContent {
  const { success, data, error } = annotationSchema.safeParse(value);
  if (!success) {
    const [{ path, message }] = error.issues;
    throw new InsightsError(`${path.join('.')} ${message}`);
  }
  return data;
}
