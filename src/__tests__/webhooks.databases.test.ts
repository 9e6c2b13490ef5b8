import './status.cases';
import './statusActions.cases';
import './webhookInstallation.cases';
import './webhooks.cases';
