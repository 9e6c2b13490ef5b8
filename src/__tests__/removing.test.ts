import './removalAllowance.cases';
import './removals.cases';
