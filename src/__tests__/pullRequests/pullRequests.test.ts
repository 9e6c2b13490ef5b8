import './checks.cases';
import './events.cases';
