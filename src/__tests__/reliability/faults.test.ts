import './access.cases';
import './answers.cases';
