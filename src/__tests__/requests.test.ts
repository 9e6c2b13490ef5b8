import './processingInterval.cases';
import './quota.cases';
