import './registeredLocations.cases';
import './registrations.cases';
