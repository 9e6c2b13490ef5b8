import type { Annotation, Report } from '../world';
import { preciseDate } from './dates';

export function reportBody({ content, ...report }: Report) {
  return {
    type: 'report',
    uuid: report.uuid,
    external_id: report.externalId,
    remote_link_enabled: false,
    ...content,
    created_on: preciseDate(report.createdOn),
    updated_on: preciseDate(report.updatedOn),
  };
}

export function annotationBody({ content, ...annotation }: Annotation) {
  return {
    type: 'report_annotation',
    uuid: annotation.uuid,
    ...content,
    created_on: preciseDate(annotation.createdOn),
    updated_on: preciseDate(annotation.updatedOn),
  };
}
