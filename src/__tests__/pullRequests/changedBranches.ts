import { componentFile } from '../../../testing';
import {
  api,
  component,
  documents,
  file,
  location,
  VerdictCase,
} from './verdictCase';

/** What the main branch has changed, too. */
export const CHANGED_BRANCHES: Record<string, VerdictCase> = {
  'added-meanwhile': {
    before: file(documents(component('meanwhile-a'), component('meanwhile-b'))),
    changes: file(
      documents(
        componentFile('meanwhile-a', 'experimental'),
        component('meanwhile-b'),
      ),
    ),
    meanwhile: file(
      documents(
        component('meanwhile-a'),
        component('meanwhile-b'),
        component('meanwhile-c'),
      ),
    ),
    merged: file(
      documents(
        componentFile('meanwhile-a', 'experimental'),
        component('meanwhile-b'),
        component('meanwhile-c'),
      ),
    ),
  },
  'changed-meanwhile': {
    before: file(documents(component('both-a'), component('both-b'))),
    changes: file(documents(component('both-a'))),
    meanwhile: file(
      documents(componentFile('both-a', 'experimental'), component('both-b')),
    ),
    merged: file(documents(componentFile('both-a', 'experimental'))),
  },
  'target-added-meanwhile': {
    before: {
      ...file(location('target-meanwhile', './a.yaml')),
      'a.yaml': component('target-meanwhile-a'),
    },
    changes: {
      ...file(location('target-meanwhile', './a.yaml', './c.yaml')),
      'c.yaml': component('target-meanwhile-c'),
    },
    meanwhile: {
      ...file(location('target-meanwhile', './b.yaml', './a.yaml')),
      'b.yaml': component('target-meanwhile-b'),
    },
    merged: {
      ...file(location('target-meanwhile', './b.yaml', './a.yaml', './c.yaml')),
      'c.yaml': component('target-meanwhile-c'),
    },
  },
  'text-changes-meanwhile': {
    before: {
      ...file(
        documents(
          api('text-meanwhile', '{ $text: ./api.yaml }'),
          component('text-meanwhile-2'),
        ),
      ),
      'api.yaml': 'openapi: 3.1.0\n',
    },
    changes: { 'api.yaml': 'openapi: 3.1.1\n' },
    meanwhile: file(
      documents(
        api('text-meanwhile', '{ $text: ./api.yaml }'),
        componentFile('text-meanwhile-2', 'experimental'),
        component('text-meanwhile-3'),
      ),
    ),
  },
};
