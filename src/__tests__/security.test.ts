import './credentials.cases';
import './secrets.cases';
import './unsignedWebhooks.cases';
