import './configuration.cases';
import './metrics.cases';
import './metricsService.cases';
import './observability.cases';
