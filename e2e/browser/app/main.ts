/**
 * Backstage as it comes: the stock catalog and catalog-import pages, and nothing
 * of this project. Its backend is where it is served from; there is no sign-in,
 * so that every user is a guest.
 */
import { ConfigReader } from '@backstage/config';
import { createApp } from '@backstage/frontend-defaults';
import catalog from '@backstage/plugin-catalog/alpha';
import catalogImport from '@backstage/plugin-catalog-import/alpha';
import { createRoot } from 'react-dom/client';

const { origin } = window.location;

const config = new ConfigReader({
  app: {
    title: 'Skerry Lines',
    baseUrl: origin,
    extensions: [{ 'sign-in-page:app': false }],
  },
  backend: { baseUrl: origin },
});

const app = createApp({
  features: [catalog, catalogImport],
  advanced: { configLoader: async () => ({ config }) },
});

const root = document.getElementById('root');
if (!root) {
  throw new Error('index.html has no #root');
}
createRoot(root).render(app.createRoot());
