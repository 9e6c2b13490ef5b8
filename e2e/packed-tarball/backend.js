// The backend of somebody who installed the package: plain JavaScript,
// configured by the app-config.yaml beside it.
const { createBackend } = require('@backstage/backend-defaults');

const backend = createBackend();
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-events-backend'));
backend.add(import('backstage-plugin-catalog-backend-module-bitbucket'));
backend.add(
  import('backstage-plugin-catalog-backend-module-bitbucket/data-center'),
);
backend.start();
