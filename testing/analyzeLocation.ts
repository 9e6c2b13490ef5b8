import { JsonObject } from '@backstage/types';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../dev/simulator';
import { TestBackend } from './backend';
import { Database } from './backendConfig';
import { componentFile } from './entities';

/** Asks a backend what is at a URL, as the catalog-import page does. */
export async function analyze(backend: TestBackend, target: string) {
  const location = { type: 'url', target };
  const answer = await backend.post('analyze-location', { location });
  return { status: answer.status, body: await answer.json() };
}

/** A workspace with a private, a public and an empty repository. */
export function analyzedWorkspace(): SimulatedWorkspace {
  const acme = new SimulatedWorkspace({ slug: 'acme' });
  const files = { 'catalog-info.yaml': componentFile('shop') };
  acme.addRepository({ slug: 'shop', isPrivate: true, files });
  acme.addRepository({ slug: 'other', files: { 'README.md': 'Nothing.\n' } });
  acme.addRepository({ slug: 'empty' });
  return acme;
}

/** With the credential of {@link startAnalyzer}, and one without scopes. */
export function startAnalyzedSimulator(
  acme: SimulatedWorkspace,
): Promise<Simulator> {
  return startSimulator({
    workspaces: [acme],
    accounts: [
      { name: 'ours', kind: 'accessToken', token: 'our-token' },
      { name: 'other', kind: 'accessToken', token: 'other', scopes: [] },
    ],
  });
}

/** A backend without a provider. */
export function startAnalyzer(
  { apiBaseUrl }: Simulator,
  options: {
    catalog?: JsonObject;
    credential?: JsonObject;
    database?: Database;
  } = {},
): Promise<TestBackend> {
  const { catalog, database, credential = { token: 'our-token' } } = options;
  return TestBackend.start({
    database,
    config: {
      integrations: { bitbucketCloud: [{ ...credential, apiBaseUrl }] },
      catalog,
    },
  });
}
