import './configuredBranch.cases';
import './content.cases';
import './entityMoves.cases';
import './unreadLocations.cases';
