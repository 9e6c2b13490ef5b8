import './access.cases';
import './answers.cases';
import './dataCenter.cases';
