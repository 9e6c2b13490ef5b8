import './configuredBranch.cases';
import './content.cases';
