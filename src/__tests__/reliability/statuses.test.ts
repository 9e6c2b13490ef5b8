import { describeSample } from './sample';
import { GROUPS } from './table';

describeSample(GROUPS.statuses);
