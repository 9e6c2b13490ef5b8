import './status.cases';
import './webhookInstallation.cases';
import './webhooks.cases';
