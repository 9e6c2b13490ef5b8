import './analyzeLocation.cases';
import './analyzeLocationErrors.cases';
import './locations.cases';
import './registeringLocations.cases';
