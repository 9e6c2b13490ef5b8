import './justNow.cases';
import './maxFileSize.cases';
import './ownReader.cases';
import './reader.cases';
import './stockReader.cases';
