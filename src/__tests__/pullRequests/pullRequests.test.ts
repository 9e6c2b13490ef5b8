import './checks.cases';
import './comments.cases';
import './events.cases';
