import './carryOver.cases';
import './discovery.cases';
import './importing.cases';
import './products.cases';
import './pullRequests.cases';
import './reading.cases';
import './settings.cases';
import './trouble.cases';
