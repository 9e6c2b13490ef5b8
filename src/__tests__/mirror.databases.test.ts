import './carryOver.cases';
import './catalogAsTruth.cases';
