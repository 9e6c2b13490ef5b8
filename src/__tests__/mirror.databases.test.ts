import './carryOver.cases';
import './catalogAsTruth.cases';
import './severalProviders.cases';
