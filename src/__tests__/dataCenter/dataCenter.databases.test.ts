import './carryOver.cases';
import './discovery.cases';
