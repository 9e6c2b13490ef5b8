import './discovery.cases';
import './failingRepositories.cases';
import './filters.cases';
import './memoryHost.cases';
import './unknownCatalog.cases';
